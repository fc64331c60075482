import { Suspense, useEffect, useState } from "react";
import { onProofNeeded } from "@/api/client";
import { activateLateTexts } from "@/i18n/i18n";
import { lazyPart } from "@/ui/lazy-part";

/** Few visits need it: nobody waits for it when a page opens. */
const ProofDialog = lazyPart(async () => ({ default: (await import("./proof-dialog")).ProofDialog }));

/** Asks for a fresh proof of who is there when the server wants one; calls that wait for the same answer share it. */
export function ProofGate() {
  const [answer, setAnswer] = useState<((proved: boolean) => void) | null>(null);
  useEffect(() => {
    let asking: Promise<boolean> | null = null;
    onProofNeeded(() => {
      asking ??= activateLateTexts()
        .then(() => new Promise<boolean>((resolve) => setAnswer(() => resolve)))
        .finally(() => {
          asking = null;
          setAnswer(null);
        });
      return asking;
    });
    return () => onProofNeeded(null);
  }, []);
  return answer ? (
    <Suspense fallback={null}>
      <ProofDialog onAnswer={answer} />
    </Suspense>
  ) : null;
}
