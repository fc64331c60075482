import { Suspense } from "react";
import { useShowsMarked } from "@/engine/shown-objects";
import { lazyPart } from "@/ui/lazy-part";

const Mark = lazyPart(() => import("@/engine/mark").then((module) => ({ default: module.Mark })));

/** While records of a marked object are on the screen, it bears who looks at them and when. */
export function ShownMark() {
  return useShowsMarked() ? (
    <Suspense fallback={null}>
      <Mark />
    </Suspense>
  ) : null;
}
