/** Events on their way from who makes them to who reads them. */
export class EventQueue<Event> {
  #events: Event[] = [];
  #isEnded = false;
  #more = Promise.withResolvers<void>();

  add(event: Event): void {
    this.#events.push(event);
    this.#more.resolve();
  }

  end(): void {
    this.#isEnded = true;
    this.#more.resolve();
  }

  async *read(): AsyncGenerator<Event, void> {
    for (;;) {
      const events = this.#events;
      this.#events = [];
      yield* events;
      if (this.#events.length > 0) continue;
      if (this.#isEnded) return;
      await this.#more.promise;
      this.#more = Promise.withResolvers<void>();
    }
  }
}
