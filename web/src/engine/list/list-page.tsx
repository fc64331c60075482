import { SlotPage } from "@/ui/slot-page";

export function ListPage() {
  return <SlotPage />;
}
