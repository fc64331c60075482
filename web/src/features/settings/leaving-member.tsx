import { useState } from "react";
import { TRANSFER } from "@/api/ownership";
import type { RecordData } from "@/api/types";
import { useObject } from "@/engine/meta";
import { HandOverDrawer } from "./hand-over-drawer";
import { TransferDrawer } from "./transfer/transfer-drawer";

/** What a member who leaves or moves has: his records by a plan, then his places; all at once where there are no plans. */
export function LeavingMember({ member, onClose }: { member: RecordData; onClose: () => void }) {
  const planned = useObject(TRANSFER)?.actions.some((action) => action.name === "start") === true;
  const [places, setPlaces] = useState(false);
  return planned && !places ? (
    <TransferDrawer member={member} onClose={onClose} onPlaces={() => setPlaces(true)} />
  ) : (
    <HandOverDrawer member={member} onClose={onClose} />
  );
}
