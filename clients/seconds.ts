/** The longest time that Node's timers hold, in whole seconds: 24 days. A longer one would end at once. */
export const MOST_SECONDS = Math.floor((2 ** 31 - 1) / 1000);
