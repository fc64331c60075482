import { SlotPage } from "@/ui/slot-page";

export function CreatePage() {
  return <SlotPage />;
}
