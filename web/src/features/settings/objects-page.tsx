import { SlotPage } from "@/ui/slot-page";

export function SettingsObjectsPage() {
  return <SlotPage />;
}
