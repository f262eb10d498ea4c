export interface Message {
  /** One line. */
  readonly subject: string;
  readonly text: string;
}

/** Tells whoever operates the platform, wherever they are at that moment. */
export interface Notifications {
  /** Never throws: what is told is on record too, and nobody's work depends on its being heard. */
  tell(message: Message): Promise<void>;
}
