import { lazyRouteComponent } from "@tanstack/react-router";
import { loadPart } from "@/ui/lazy-part";

/** The component of a page, fetched when the page is opened; a cut connection delays it. */
export const routePart: typeof lazyRouteComponent = (load, name) => lazyRouteComponent(() => loadPart(load), name);
