import { useCallback, useEffect, useLayoutEffect, useRef } from "react";

/** A server has no layout, and React says so. */
const useBeforeEffects = typeof window === "undefined" ? useEffect : useLayoutEffect;

/**
 * A function that stays the same and does what `act` would do by now: for effects, which are to run again when what they
 * are about changes, and not when what they merely read does. `useEffectEvent` of React 19.2, which preact has not.
 */
export function useEvent<Arguments extends unknown[], Result>(act: (...given: Arguments) => Result) {
  const latest = useRef(act);
  useBeforeEffects(() => {
    latest.current = act;
  });
  return useCallback((...given: Arguments): Result => latest.current(...given), []);
}
