import type { FieldValue, GeoPoint } from "@/api/types";
import { asText, isObject } from "../values";

export function asPoint(value: FieldValue | undefined): GeoPoint | null {
  if (!isObject(value) || value.lat === undefined || value.lng === undefined) return null;
  const point = { lat: Number(value.lat), lng: Number(value.lng) };
  return Number.isFinite(point.lat) && Number.isFinite(point.lng) ? point : null;
}

export function pointText(value: FieldValue | undefined): string {
  const point = asPoint(value);
  return point ? `${point.lat}, ${point.lng}` : asText(value);
}

/** Reads "31.2304, 121.4737", latitude first; null for anything that is no place on earth. */
export function readPoint(text: string): GeoPoint | null {
  const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(text);
  if (!match) return null;
  const point = { lat: Number(match[1]), lng: Number(match[2]) };
  return Math.abs(point.lat) <= 90 && Math.abs(point.lng) <= 180 ? point : null;
}
