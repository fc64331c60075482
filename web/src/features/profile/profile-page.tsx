import { CaldavPanel } from "./caldav-panel";
import { CalendarPanel } from "./calendar-panel";
import { PersonalPanel } from "./personal-panel";
import { ProfileFrame } from "./profile-frame";

export function ProfilePage() {
  return (
    <ProfileFrame part="personal">
      <PersonalPanel />
      <CaldavPanel />
      <CalendarPanel />
    </ProfileFrame>
  );
}
