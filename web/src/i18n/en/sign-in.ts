import type { Shape } from "../shape";
import type { signIn as zh } from "../zh-CN/sign-in";

export const signIn: Shape<typeof zh> = {
  title: "Sign in",
  welcome: "Welcome back",
  tagline: "Work together, around the customer.",
  pitch: "Sales, marketing, service and partners on one live customer record.",
  email: "Email",
  password: "Password",
  submit: "Sign in",
  badCredentials: "Email or password is not right.",
  tooMany: "Too many attempts. Try again in {{seconds}} {{seconds, plural(one: second; other: seconds)}}.",
  emailInvalid: "Please enter a valid email address",
  demoTitle: "Demo accounts",
  demoHint: "Pick a role to fill in the form; every password is {{password}}",
  demoRoles: {
    admin: "Administrator",
    sales: "Sales rep",
    salesmanager: "Sales manager",
    marketing: "Marketing",
    service: "Service agent",
    operator: "Call centre",
    trainer: "Trainer",
    analyst: "Analyst",
    partner: "Partner",
  },
  forgotten: "Forgotten your password?",
  cancelled: "That was not completed. Try again, or use another way.",
  byPasskey: "Sign in with a passkey",
  or: "or",
  byProvider: "Sign in with {{provider}}",
};
