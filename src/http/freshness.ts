/** How old a sign-in may be for a dangerous act: one number for pages, for the API and for what the policy is asked. */
export const freshSignInSeconds = 300
