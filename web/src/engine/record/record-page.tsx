import { SlotPage } from "@/ui/slot-page";

export function RecordPage() {
  return <SlotPage />;
}
