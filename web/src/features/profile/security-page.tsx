import { ApiKeysPanel } from "./api-keys-panel";
import { FactorsPanel } from "./factors-panel";
import { IdentitiesPanel } from "./identities-panel";
import { PasswordPanel } from "./password-panel";
import { ProfileFrame } from "./profile-frame";
import { SessionsPanel } from "./sessions-panel";

/** How one signs in, and where one is signed in. */
export function SecurityPage() {
  return (
    <ProfileFrame part="security">
      <PasswordPanel />
      <FactorsPanel />
      <IdentitiesPanel />
      <SessionsPanel />
      <ApiKeysPanel />
    </ProfileFrame>
  );
}
