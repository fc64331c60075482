import { type RefObject, useLayoutEffect } from "react";

/**
 * Ant Design names the whole strip of tabs a tab list, and that strip also holds the button "more", which a tab list
 * may not. The list inside the strip holds the tabs and nothing else: it gets the role instead.
 */
export function useTabListRole(root: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const strip = root.current?.querySelector(".ant-tabs-nav");
    const list = strip?.querySelector(".ant-tabs-nav-list");
    if (!strip || !list) return;
    strip.removeAttribute("role");
    strip.removeAttribute("aria-orientation");
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-orientation", "horizontal");
  });
}
