/**
 * Signs in JavaScript, TypeScript and Python sources. Every pattern begins with a literal and repeats only within fixed bounds,
 * so that it takes linear time on hostile text.
 */

/** Opens a port. */
export const LISTENS =
  /\.listen {0,4}\(|\bcreateServer {0,4}\(|\bserve {0,4}\( {0,4}(?:\{|app\b|handler\b|server\b)|\bnew (?:WebSocketServer|WebSocket\.Server|[wW][sS]\.Server|http\.Server|https\.Server|Server) {0,4}\(|\bstartStandaloneServer {0,4}\(|\b(?:Bun|Deno)\.serve\b|\bserve_forever {0,4}\(|\bmake_server {0,4}\(|\bstart_server {0,4}\(|\b(?:Threading)?(?:HTTP|TCP)Server {0,4}\(|\bhttp\.server\.test {0,4}\(/g;

/** Takes the port from the environment. */
export const READS_PORT = /\bPORT\b/g;

/** Listens on a number. */
export const LISTENS_ON_NUMBER =
  /\.listen {0,4}\( {0,4}(\d{2,5})\b|\b(?:port|PORT) {0,2}[=:] {0,2}(\d{2,5})\b|Server\( {0,4}\(\s{0,8}['"][^'"\n]{0,40}['"], {0,4}(\d{2,5})\b/g;

/** Keeps running without a port: a timer, an endless loop, a queue, a chat. */
export const WORKS =
  /\bsetInterval {0,4}\(|\bwhile {0,4}\( {0,4}(?:true|1) {0,4}\)|\bfor {0,4}\( {0,4}; {0,4};|\bwhile (?:True|1)\b|\bnew (?:Worker|CronJob|Agenda|Bree|PgBoss|Telegraf|Consumer)\b|\bcron\.schedule\b|\bscheduleJob {0,4}\(|\.(?:consume|brpop|blpop|brPop|blPop|receiveMessage) {0,4}\(|\.(?:subscribe|process) {0,4}\( {0,4}(?:['"`]|async\b)|\beachMessage\b|\b(?:client|bot)\.(?:login|launch|start) {0,4}\(|\bfor await {0,4}\(|\.run_forever {0,4}\(/g;

/** Runs in a browser. */
export const BROWSER =
  /\bdocument\.(?:getElementById|querySelector|body)\b|\bReactDOM\b|\bcreateRoot {0,4}\(|\bwindow\.(?:location|document|addEventListener)\b/g;
