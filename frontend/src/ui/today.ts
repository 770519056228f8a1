/** Today in Beijing as "2026-11-05", whatever time zone the PC believes in. */
export const today = (): string => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10)
