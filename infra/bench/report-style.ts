import { colours, fontFamily, plotCss } from "./plot-style.ts";

/** Near is what has reached all it must, and not yet its aim. */
const own = {
  light: `--page:#f6f7fa;--good:#0a7a4b;--good-tint:#0a9f6033;--bad:#c2290f;--bad-tint:#e5391d1a;
--near:#8a5700;--near-tint:#e09a1029`,
  dark: `--page:#0c0f14;--good:#4fd69c;--good-tint:#2fcf8a3a;--bad:#ff8a70;--bad-tint:#ff5c3a2e;
--near:#f2bd5c;--near-tint:#f2b03a26`,
};

const mono = "ui-monospace,SFMono-Regular,Menlo,Consolas,monospace";

const pageCss = `*{box-sizing:border-box}
html{background:var(--page);color:var(--ink);font:15px/1.5 ${fontFamily};
-webkit-text-size-adjust:100%;font-variant-numeric:tabular-nums;scroll-behavior:smooth}
body{margin:0 auto;max-width:1120px;padding:40px 24px 64px}
p{margin:0}i{font-style:normal}figure{margin:0}b{font-weight:600}
.brand{font-size:34px;font-weight:700;letter-spacing:-.02em;line-height:1.1}
.brand span{color:var(--soft);font-weight:400}
.machine{color:var(--soft);margin-top:12px;font-size:14px}
.score{display:flex;flex-wrap:wrap;gap:6px 20px;margin-top:14px;font-size:15px}
.score span::before{content:"";display:inline-block;width:9px;height:9px;border-radius:50%;
margin-right:8px;background:currentColor}
.score .met::before{color:var(--good)}.score .missed-must::before{color:var(--bad)}
.score .missed-aim::before{color:var(--near)}
nav{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin-top:24px}
nav a{display:flex;flex-direction:column;gap:2px;padding:14px 16px;border:1px solid var(--rule);
border-radius:10px;background:var(--paper);color:inherit;text-decoration:none}
nav a:hover,nav a:focus-visible{border-color:var(--c1);outline:none}
nav .name{font-size:13px;font-weight:600;color:var(--soft)}
nav .big{font-size:28px;font-weight:700;letter-spacing:-.02em;line-height:1.2}
nav .big small{font-size:14px;font-weight:400;letter-spacing:0;color:var(--soft);margin-left:5px}
nav .label{font-size:13px;color:var(--soft);line-height:1.35}
nav .chips{display:flex;flex-wrap:wrap;gap:6px;margin-top:auto;padding-top:10px}
.chip{display:inline-block;padding:1px 8px;border-radius:99px;font-size:13px;white-space:nowrap}
.chip.met{color:var(--good);background:var(--good-tint)}
.chip.missed-must{color:var(--bad);background:var(--bad-tint)}
.chip.missed-aim{color:var(--near);background:var(--near-tint)}`;

const sectionCss = `section{margin-top:56px;scroll-margin-top:16px}
h2{margin:0;font-size:24px;letter-spacing:-.015em;line-height:1.2}
.measures{margin-top:6px;max-width:70ch;color:var(--soft)}
.command{margin-top:12px}
code{display:inline-block;max-width:100%;overflow-x:auto;padding:6px 12px;border-radius:7px;
border:1px solid var(--rule);background:var(--paper);font:13px/1.5 ${mono};user-select:all}
code::before{content:"$ ";color:var(--soft)}
.warning{margin-top:12px;padding:8px 12px;border-radius:7px;color:var(--bad);
background:var(--bad-tint)}
.taken{margin-top:14px;font-size:12.5px;color:var(--soft)}
footer{margin-top:56px;padding-top:20px;border-top:1px solid var(--rule);color:var(--soft);
font-size:13px;max-width:none}footer p{max-width:80ch}footer p+p{margin-top:6px}
table{border-collapse:collapse;width:100%}th{font-weight:400;text-align:left}
thead th{font-size:12.5px;color:var(--soft);padding:0 10px 8px}
.figures{margin-top:20px;border:1px solid var(--rule);border-radius:10px;border-spacing:0;
border-collapse:separate;background:var(--paper);overflow:hidden}
.figures thead th{padding-top:12px}
.figures td,.figures tbody th{padding:10px;border-top:1px solid var(--rule);vertical-align:middle}
.figures th:first-child{padding-left:18px}.figures td:last-child{padding-right:18px}
.figures thead th:nth-child(2),.median{text-align:right;white-space:nowrap}
.median b{font-size:17px}.median{color:var(--soft)}.median b{color:var(--ink)}
.spread{white-space:nowrap;color:var(--soft);font-size:13.5px}
.bound .chip i{display:none}.runs{width:30%;min-width:200px}`;

const stripCss = `.strip{position:relative;height:38px}
.strip i{position:absolute;top:12px;height:14px}
.strip::before{content:"";position:absolute;inset:18px 0 auto;height:2px;background:var(--rule);
border-radius:1px}
.strip .zone{background:var(--good-tint);opacity:.6}
.strip .end{width:0;border-left:1px solid var(--good);top:9px;height:20px}
.strip .end span{position:absolute;left:0;transform:translateX(-50%);font-size:10.5px;
line-height:1;color:var(--good)}
.strip .aim span{top:-10px}.strip .must span{bottom:-11px}
.strip .range{background:var(--c1);opacity:.28;border-radius:4px;min-width:4px;
transform:translateX(-2px);padding-right:4px;box-sizing:content-box}
.strip .run{width:6px;height:6px;top:16px;border-radius:50%;background:var(--c1);
transform:translateX(-3px)}
.strip .middle{width:2.5px;top:10px;height:18px;border-radius:2px;background:var(--ink);
transform:translateX(-1px)}`;

const cardsCss = `.cards{columns:2;column-gap:16px;margin-top:16px}
.card{break-inside:avoid;margin-bottom:16px;padding:16px 18px;border:1px solid var(--rule);
border-radius:10px;background:var(--paper);
min-width:0}
figcaption{font-weight:600;margin-bottom:10px}
.plot{display:block;width:100%;height:auto;overflow:visible}.narrow{display:none}
.total{color:var(--soft);font-size:13.5px}.total b{font-size:17px;color:var(--ink)}
.split{display:flex;gap:2px;height:22px;margin:8px 0 14px}
.split i{background:var(--c);min-width:2px;flex-basis:0}
.split i:first-child{border-radius:5px 0 0 5px}.split i:last-child{border-radius:0 5px 5px 0}
.costs th,.costs td{padding:5px 0 5px 10px;text-align:right;font-size:14px;white-space:nowrap}
.costs th:first-child{text-align:left;padding-left:0;white-space:normal}
.costs tbody tr>*{border-top:1px solid var(--rule)}
.swatch{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:9px;
background:var(--c)}`;

const narrowCss = `@media(max-width:860px){.cards{columns:1}}
@media(max-width:760px){body{padding:24px 16px 48px}.brand{font-size:28px}
nav{grid-template-columns:repeat(2,minmax(0,1fr));gap:8px}nav a{padding:12px}
nav .big{font-size:23px}section{margin-top:44px}
.figures,.figures tbody,.figures tr{display:block}.figures thead{display:none}
.figures tr{display:grid;grid-template-columns:1fr auto;gap:4px 12px;padding:14px 16px;
border-top:1px solid var(--rule)}.figures tr:first-child{border-top:0}
.figures tbody th,.figures td,.figures td:last-child,.figures th:first-child{padding:0;border:0}
.figures .spread{grid-column:2;text-align:right}.figures .bound{grid-column:1}
.figures .spread{grid-row:2}.figures .bound:empty{display:none}
.figures .spread:not(:empty)::before{content:"spread "}
.bound .chip i{display:inline}.runs{grid-column:1/-1;width:auto;margin-top:8px}
.card{padding:14px}}
@media(max-width:480px){.wide{display:none}.narrow{display:block}}
@media print{html{background:none}.card,.figures tr{break-inside:avoid}}`;

export const reportCss = [
  colours(":root", own),
  pageCss,
  sectionCss,
  stripCss,
  cardsCss,
  narrowCss,
  plotCss,
].join("\n");
