/** The operator stopped waiting; the work goes on. */
export class LeftInBackground extends Error {
  constructor() {
    super('left running in the background: "hivemind status" shows how it goes');
    this.name = 'LeftInBackground';
  }
}

/** What shells report for a process that Ctrl-C ended. */
export const EXIT_LEFT_IN_BACKGROUND = 130;
