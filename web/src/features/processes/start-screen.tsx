import type { ActionScreenProps } from "@/engine/slots";
import { asStrings, asText } from "@/fields/values";
import { StartDialog } from "./start-dialog";

/** Starting a case from its template: besides who takes which role, which record it is about. */
export function StartScreen({ record, onClose }: ActionScreenProps) {
  const template = {
    id: record.id,
    name: asText(record.name),
    description: asText(record.description),
    object: asText(record.object),
    startRoles: asStrings(record.start_roles),
  };
  return <StartDialog templates={[template]} record={null} onClose={onClose} />;
}
