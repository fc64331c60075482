import type { ParseKeys } from "i18next";
import type { ComponentType } from "react";
import type { ActionMeta, FieldValues, Meta, ObjectMeta, RecordData } from "@/api/types";
import type { FieldDisplayProps, FieldInputProps } from "@/fields/types";
import type { RunState, Target } from "./list/actions/run-over";

/**
 * Screens of features that stand where the engine would draw what it draws for everything. The engine knows none of them:
 * `app/screens.ts` fills these at the start, each with a part that is fetched when it is needed, texts and all.
 */

export interface ActionScreenProps {
  object: ObjectMeta;
  record: RecordData;
  action: ActionMeta;
  onClose: () => void;
}

/** Instead of the form of an action's input; by `object.action`. */
export const actionScreens = new Map<string, ComponentType<ActionScreenProps>>();

/** Actions that have a place of their own on the record's page, or only tell a screen what it draws: in no menu; by `object.action`. */
export const placedActions = new Set<string>();

export interface SelectionScreenProps {
  object: ObjectMeta;
  /** The records ticked in the list. */
  ids: string[];
  /** `left`: what is to stay ticked; everything where nothing was done. */
  onClose: (left?: string[]) => void;
}

export interface SelectionScreen {
  name: string;
  icon: string;
  text: ParseKeys;
  /** Whether the caller has a use for it. */
  offered: (meta: Meta) => boolean;
  /** Of which records: an expression, as of `visible_when`. Offered where it may hold for one of them. */
  when: string;
  screen: ComponentType<SelectionScreenProps>;
}

/** What can be done with ticked records besides their actions; by object. */
export const selectionScreens = new Map<string, SelectionScreen[]>();

/** The same for the records of any object. */
export const anySelectionScreens: SelectionScreen[] = [];

export interface RunOutcomeProps {
  object: ObjectMeta;
  /** In the order they were asked for. */
  targets: Target[];
  state: RunState;
  /** What it ended without having tried; nothing while it runs. */
  left: Target[];
}

/** An action that is run on ticked records one after the other, in their order, since each may change what is left to do. */
export interface SelectionRun {
  /** Codes of refusals that may hold for all the rest: two in the same words, and these are not asked for. */
  limits: readonly string[];
  /** What became of each, instead of the reasons of those refused. */
  Outcome: ComponentType<RunOutcomeProps>;
}

/** By `object.action`. */
export const selectionRuns = new Map<string, SelectionRun>();

export interface FormPanelProps {
  object: ObjectMeta;
  /** As they stand in the form. */
  values: FieldValues;
  /** The record changed; null for a new one. */
  record: RecordData | null;
}

/** What the form of a new record tells before it is saved, below its fields; by object. */
export const formPanels = new Map<string, ComponentType<FormPanelProps>>();

/** The objects whose panel tells something of changes as well, not only of new records. */
export const changePanels = new Set<string>();

export interface FieldPart {
  Display: ComponentType<FieldDisplayProps>;
  /** In one line, among what changed; as its type has it where there is none. */
  Line?: ComponentType<FieldDisplayProps>;
  /** Nothing where only the system writes the field. */
  Input?: ComponentType<FieldInputProps>;
}

/** How one field is drawn and filled in on forms and record pages, where its type alone does not say enough; by `object.field`. */
export const fieldParts = new Map<string, FieldPart>();

/** Fetches what fills the slots of forms and record pages, for whoever draws the first of these; `app/screens.ts` says how. */
export const lateSlots: { load: () => Promise<unknown> } = { load: async () => {} };
