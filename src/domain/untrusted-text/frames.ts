/** Lines that only we write. */
const OUR_FRAME = /<{2,}(?=[ \t]*(?:DATA|END)\b)/gi;
/** Signs between messages, as the templates of chat models write them: a tokenizer may take them for its own. */
const CHAT_FRAME = /<(?=[|\uff5c][\w\u2581 ]{1,40}[|\uff5c]>|\/?(?:start|end)_of_turn>|<\/?SYS>>)/gi;

/** A text in which nothing looks as if it ended the data that it is in, or began a message of somebody else. */
export const withoutFrames = (text: string): string =>
  text.includes('<') ? text.replace(OUR_FRAME, '< <').replace(CHAT_FRAME, '< ') : text;
