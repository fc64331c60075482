/** The logins `guanxi serve --demo` creates; shown only where the server says it is a demo. */
export const DEMO_PASSWORD = "Guanxi-demo-2026";
export const demoRoles = [
  "admin",
  "sales",
  "salesmanager",
  "marketing",
  "service",
  "operator",
  "trainer",
  "analyst",
  "partner",
] as const;

export function demoEmail(role: (typeof demoRoles)[number]): string {
  return `${role}@xinghe.example`;
}
