import type { Problem } from "../client/types.js";
import { sayProblem } from "../text/problem.js";
import type { Strings } from "../text/strings.js";
import type { PageStrings } from "./strings.js";

/** What is seen in place of photos: what is wrong, in a visitor's words. */
export function Message({ problem, strings, page }: { problem: Problem; strings: Strings; page: PageStrings }) {
  const title = sayProblem(problem, strings);
  const more = {
    [strings.unreachable]: page.later,
    [strings.offline]: page.offlineMore,
    [strings["no-such-photo"]]: page.goneMore,
  }[title];
  return (
    <div className="notice" role="alert">
      <p className="title">{title}</p>
      {more && <p>{more}</p>}
    </div>
  );
}
