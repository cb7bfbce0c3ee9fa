import { PROBLEMS, type Sentence } from "../client/problems.js";
import type { Problem } from "../client/types.js";
import { sayProblem } from "../text/problem.js";
import type { Strings } from "../text/strings.js";
import type { PageStrings } from "./strings.js";

/** What is seen in place of photos: what is wrong, in a visitor's words. */
export function Message({ problem, strings, page }: { problem: Problem; strings: Strings; page: PageStrings }) {
  const more: Partial<Record<Sentence, string>> = {
    unreachable: navigator.onLine ? page.later : page.offlineMore,
    busy: page.later,
    "no-such-photo": page.goneMore,
  };
  const further = more[PROBLEMS[problem.name].says];
  return (
    <div className="notice" role="alert">
      <p className="title">{sayProblem(problem, strings)}</p>
      {further && <p>{further}</p>}
    </div>
  );
}
