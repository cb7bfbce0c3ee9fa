/** Call `onView` once half of `element` was on screen for a second; the answer stops watching. */
export function watchView(element: Element, onView: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new IntersectionObserver(
    (entries) => {
      clearTimeout(timer);
      if (entries[entries.length - 1]!.isIntersecting) timer = setTimeout(seen, 1000);
    },
    { threshold: 0.5 },
  );
  const stop = () => {
    clearTimeout(timer);
    observer.disconnect();
  };
  const seen = () => {
    if (document.hidden) timer = setTimeout(seen, 1000);
    else {
      stop();
      onView();
    }
  };
  observer.observe(element);
  return stop;
}
