import { SlotPage } from "@/ui/slot-page";

export function BoardPage() {
  return <SlotPage />;
}
