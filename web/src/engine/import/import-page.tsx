import { SlotPage } from "@/ui/slot-page";

export function ImportPage() {
  return <SlotPage />;
}
