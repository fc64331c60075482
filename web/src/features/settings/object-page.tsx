import { SlotPage } from "@/ui/slot-page";

export function SettingsObjectPage() {
  return <SlotPage />;
}
