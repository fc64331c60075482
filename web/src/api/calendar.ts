import { answer, api } from "./client";
import type { BusyAnswer, CalendarFile, CalendarImport, WorkloadBoard } from "./types";

/** When members and rooms are taken, and who has how much to do. */

export interface BusyQuery {
  members?: string[];
  resources?: string[];
  from: string;
  until: string;
  except?: string;
}

export const readBusy = (query: BusyQuery, signal?: AbortSignal): Promise<BusyAnswer> =>
  answer(
    api.GET("/calendar/busy", {
      params: {
        query: {
          from: query.from,
          until: query.until,
          ...(query.members?.length ? { members: query.members.join(",") } : {}),
          ...(query.resources?.length ? { resources: query.resources.join(",") } : {}),
          ...(query.except ? { except: query.except } : {}),
        },
      },
      signal,
    }),
  );

export interface WorkloadQuery {
  department?: string;
  team?: string;
  members?: string;
  day?: string;
  days?: number;
}

export const readWorkload = (query: WorkloadQuery, signal?: AbortSignal): Promise<WorkloadBoard> =>
  answer(api.GET("/workload", { params: { query }, signal }));

/** Takes a calendar's file in; with `preview` only tells what would become of it. */
export const importCalendar = (file: CalendarFile, preview: boolean): Promise<CalendarImport> =>
  answer(api.POST("/calendar/import", { params: { query: { preview } }, body: file }));
