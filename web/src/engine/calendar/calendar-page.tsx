import { SlotPage } from "@/ui/slot-page";

export function CalendarPage() {
  return <SlotPage />;
}
