import { type ReactNode, Suspense } from "react";
import type { ObjectMeta } from "@/api/types";
import { lazyPart } from "@/ui/lazy-part";

const Mark = lazyPart(() => import("./mark").then((module) => ({ default: module.Mark })));

/** A screen that shows records of an object; a marked object's bears who looks at it and when. */
export function MarkedScreen({ object, children }: { object: ObjectMeta; children: ReactNode }) {
  return (
    <>
      {children}
      {object.watermark ? (
        <Suspense fallback={null}>
          <Mark />
        </Suspense>
      ) : null}
    </>
  );
}
