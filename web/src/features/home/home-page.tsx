import { SlotPage } from "@/ui/slot-page";

export function HomePage() {
  return <SlotPage />;
}
