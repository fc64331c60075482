import { AskedFieldsDisplay, AskedFieldsLine } from "./asked-fields-display";
import { AskedFieldsInput } from "./asked-fields-input";
import { SentValuesDisplay } from "./sent-values-display";

/** How fields of web forms, and of what was sent by them, are drawn: fetched together, since few see them. */
export const formParts = { AskedFieldsDisplay, AskedFieldsInput, AskedFieldsLine, SentValuesDisplay };
