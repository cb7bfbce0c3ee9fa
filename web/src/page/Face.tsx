import type { Problem, ProblemName } from "../client/types.js";
import { sayProblem } from "../text/problem.js";

/** What the page says in place of a photo: what is wrong, and what whoever runs the gallery can do. */
const FACES: Partial<Record<ProblemName, [title: string, advice: string]>> = {
  "gallery-empty": ["Nothing hangs here yet", "Put photos into the photo folder, and run pulumi up: they appear here within a minute."],
  "no-match": ["No photo here", "No photo fits this choice."],
  "no-such-photo": ["This photo was taken down", "It is not in the gallery any more. There are others."],
  unauthorized: ["The key does not fit", "The gallery does not accept this page’s key. Running pulumi up writes the valid one into the page."],
  "not-configured": ["This page is not set up", "The file config.json is missing beside it, or cannot be read. Running pulumi up, or make up, writes it."],
  "key-not-configured": ["The gallery has no key", "It demands one, and was given none. Running pulumi up again gives it its key."],
};

export function Face({ problem }: { problem: Problem }) {
  const away = navigator.onLine
    ? ["The gallery does not answer", "It may be back in a moment."]
    : ["You are offline", "Photos come back with the connection."];
  const other = problem.name === "unreachable" ? away : ["The gallery cannot answer", sayProblem(problem)];
  const [title, advice] = FACES[problem.name] ?? other;
  return (
    <div className="face" role="alert">
      <h1>{title}</h1>
      <p>{advice}</p>
    </div>
  );
}
