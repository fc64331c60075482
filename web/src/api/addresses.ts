import { answer, api } from "./client";
import type { Address, Division } from "./types";

/** The divisions of China and what is known of addresses. */

/** Those below one, provinces without; `depth` levels of them at once. */
export const listDivisions = async (
  query: { parent?: string; depth?: number },
  signal?: AbortSignal,
): Promise<Division[]> => (await answer(api.GET("/divisions", { params: { query }, signal }))).items;

/** The parts of an address in one line, as saving it would find them. */
export const splitLine = (line: string): Promise<Address> => answer(api.POST("/addresses/split", { body: { line } }));
