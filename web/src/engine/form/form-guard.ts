import { Form, type FormInstance } from "antd";
import { type CloseGuard, useCloseGuard } from "@/ui/leave-guard";

/** Asks before a form of Ant Design is closed with something typed in it, unless it was sent. */
export function useFormGuard<Values>(form: FormInstance<Values>, onClose: () => void, sent = false): CloseGuard {
  // Watched, so that this is asked again after every change.
  const typed = Form.useWatch([], form);
  return useCloseGuard(!sent && typed !== undefined && form.isFieldsTouched(), onClose);
}
