/** Call `onView` once half of `element` was on screen for a second; what is returned stops watching. */
export function watchView(element: Element, onView: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const wait = () => {
    timer = setTimeout(() => {
      if (document.hidden) return wait();
      observer.disconnect();
      onView();
    }, 1000);
  };
  const observer = new IntersectionObserver(
    (entries) => {
      clearTimeout(timer);
      if (entries.at(-1)!.isIntersecting) wait();
    },
    { threshold: 0.5 },
  );
  observer.observe(element);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
}
