import { render, type ComponentChild, type ContainerNode } from "preact";

/** `createRoot` of react-dom/client. */
export function createRoot(container: ContainerNode) {
  return {
    render: (child: ComponentChild) => render(child, container),
    unmount: () => render(null, container),
  };
}
