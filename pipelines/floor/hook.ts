const invitesEnglish =
  /\b(?:tell me|your (?:move|turn|call|choice|answer)|choose|pick (?:one|a|your)|let me know|show me|say (?:the word|something|yes)|ask me|go on|over to you|come (?:with|here|in|closer|along|on)|follow me|help me|take (?:my|it|this|one|your pick)|shall we|care to|want to|up to you|you decide|guess|try (?:it|me|this)|look here|i(?:'m| am) (?:waiting|listening|all ears)|answer me|promise me|give me|hand me|bring (?:me|it)|the choice is yours|roll (?:for|a|the)|wait here|stay|sit down|let's|let us)\b/;
const invitesChinese =
  /告诉我|你说呢|你来(?!了|的|之)|选吧|选一|轮到你|由你|随你|你决定|跟我来|来吧|说吧|猜猜|陪我|帮我|要不要|好不好|好吗|对吧|是吧|给我|坐下|别急着走|等你|听你|看你|选择|掷骰|试试|[吧呢嘛][。…~～！!]?[”」]?$/;

/** What a reply leaves the user to answer: 2 a question or an invitation, 1 only a word to the user, 0 nothing. */
export function hookOf(text: string, lower: string): 0 | 1 | 2 {
  const asked = Math.max(text.lastIndexOf('?'), text.lastIndexOf('？'));
  if (asked >= text.length * 0.4) return 2;
  const last = lastSentence(lower);
  if (invitesEnglish.test(last) || invitesChinese.test(last)) return 2;
  return /\byou(?:r|rs|'re|'ll|’re|’ll)?\b|[你您]/.test(last) ? 1 : 0;
}

function lastSentence(text: string): string {
  let end = text.length;
  while (end > 0 && ' \n.!…。！"”」』*~～)）'.includes(text.charAt(end - 1))) end -= 1;
  let start = end;
  while (start > 0 && !'.!?\n。！？*'.includes(text.charAt(start - 1))) start -= 1;
  return text.slice(start);
}
