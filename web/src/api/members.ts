import { answer, api } from "./client";
import type { components } from "./generated/openapi";
import type { Factors, MadeLink, OwnIdentity, SessionInfo, SignInPolicy, WaitingMember } from "./types";

/** How other members sign in, for administrators. */

const of = (id: string) => ({ params: { path: { id } } });

/** Members who have no password yet. */
export const listWaiting = async (signal?: AbortSignal): Promise<WaitingMember[]> =>
  (await answer(api.GET("/users/waiting", { signal }))).items;
/** Invites a member, or lets him choose another password. */
export const makeLink = (member: string): Promise<MadeLink> => answer(api.POST("/users/{id}/link", of(member)));
export type Invitation = components["schemas"]["Invitation"];
/** Invites many new members, 200 at most. */
export const inviteMembers = async (members: string[]): Promise<Invitation[]> =>
  (await answer(api.POST("/users/links", { body: { members } }))).items;
export const revokeLink = (member: string): Promise<void> => answer(api.DELETE("/users/{id}/link", of(member)));

export const readFactorsOf = (member: string, signal?: AbortSignal): Promise<Factors> =>
  answer(api.GET("/users/{id}/factors", { ...of(member), signal }));
export const listIdentitiesOf = async (member: string, signal?: AbortSignal): Promise<OwnIdentity[]> =>
  (await answer(api.GET("/users/{id}/identities", { ...of(member), signal }))).items;
export const releaseIdentityOf = (member: string, provider: string): Promise<void> =>
  answer(api.DELETE("/users/{id}/identities/{provider}", { params: { path: { id: member, provider } } }));
export const resetFactors = (member: string): Promise<void> => answer(api.DELETE("/users/{id}/factors", of(member)));

export const listSessionsOf = async (member: string, signal?: AbortSignal): Promise<SessionInfo[]> =>
  (await answer(api.GET("/users/{id}/sessions", { ...of(member), signal }))).items;
export const endSessionOf = (member: string, session: string): Promise<void> =>
  answer(api.DELETE("/users/{id}/sessions/{session}", { params: { path: { id: member, session } } }));
export const endSessionsOf = (member: string): Promise<unknown> =>
  answer(api.DELETE("/users/{id}/sessions", of(member)));

/** Sees what a member sees, and changes nothing, until the view ends. */
export const beginView = (member: string): Promise<void> => answer(api.POST("/users/{id}/view", of(member)));
export const endView = (): Promise<void> => answer(api.DELETE("/me/view"));

export const readSignInPolicy = (signal?: AbortSignal): Promise<SignInPolicy> =>
  answer(api.GET("/sign-in-policy", { signal }));
export const changeSignInPolicy = (policy: SignInPolicy): Promise<SignInPolicy> =>
  answer(api.PATCH("/sign-in-policy", { body: policy }));
