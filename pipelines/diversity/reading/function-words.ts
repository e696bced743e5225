/** Words of English and Chinese that build sentences and say little: kept in a template, never a name. */
export const functionWords = new Set(
  (
    'a an the this that these those some any no every each all both and or but nor so yet if then than as because while when where who whom whose which what why how ' +
    'of in on at to from by for with without into onto over under about above below after before between through during against among around toward towards across behind up down out off away back near upon within ' +
    "am is are was were be been being do does did done have has had having will would shall should can could may might must let let's don't doesn't didn't can't won't isn't aren't wasn't there here not never only just even still too very more most much many now well oh ah yes " +
    '的 了 着 过 地 得 在 是 有 和 与 跟 或 但 但是 可 可是 而 而且 就 都 也 还 又 再 才 只 不 没 没有 别 把 被 给 对 向 从 到 往 为 因为 所以 如果 虽然 然后 这 那 这个 那个 这样 那样 什么 怎么 谁 哪 吗 呢 吧 啊 呀 哦 嗯 很 太 更 最 会 能 要 想 说 道 上 下 里 中 来 去 一 一个 着手'
  ).split(' '),
);
