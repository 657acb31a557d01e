const signs = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** The sign of what is going on, which turns with the clock. */
export const spinner = (now: number): string => signs[Math.floor(now / 100) % signs.length];
