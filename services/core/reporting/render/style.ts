// How a report's page looks, on a screen and on paper.

import { PALETTE } from '../chart/scene.js';

const { ink, muted, grid, main, accent, band } = PALETTE;

export const STYLE = `
@page{size:A4;margin:18mm 16mm}
*{box-sizing:border-box}
html{font:15px/1.5 system-ui,"Segoe UI","Helvetica Neue",Arial,"Noto Sans",sans-serif;color:${ink};background:#f3f5f7}
body{margin:0}
main{max-width:60rem;margin:1.5rem auto;padding:2.5rem 3rem;background:#fff;border:1px solid ${grid};overflow-wrap:anywhere}
.kind{margin:0;color:${muted};font-size:.85rem;letter-spacing:.04em;text-transform:uppercase}
h1{margin:.2rem 0 .3rem;font-size:1.9rem;line-height:1.2}
.subject{margin:0;font-size:1.15rem;color:${accent};font-weight:600}
.range{margin:.1rem 0 0;color:${muted}}
.summary{margin:1.5rem 0;padding:.9rem 1.2rem;background:${band};border-left:4px solid ${main}}
.summary p{margin:.3rem 0}
h2{margin:2.2rem 0 .6rem;padding-bottom:.25rem;font-size:1.25rem;border-bottom:2px solid ${ink}}
h3{margin:1.3rem 0 .4rem;font-size:1rem}
p{margin:.5rem 0}
ul{margin:.5rem 0;padding-left:1.2rem}
li{margin:.25rem 0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.7rem;margin:1rem 0}
.figures div{padding:.6rem .8rem;border:1px solid ${grid};border-top:3px solid ${accent};break-inside:avoid}
.figures b{display:block;font-size:1.35rem;line-height:1.3;font-variant-numeric:tabular-nums}
.figures em{font-size:.8rem;font-style:normal;font-weight:400;color:${muted}}
.figures span{display:block;font-size:.85rem}
.figures small{display:block;color:${muted};font-size:.78rem}
table{width:100%;table-layout:fixed;border-collapse:collapse;font-size:.85rem}
thead{display:table-header-group}
th,td{padding:.3rem .5rem;text-align:left;vertical-align:top;border-bottom:1px solid ${grid}}
th{border-bottom:1.5px solid ${ink};font-weight:600;overflow-wrap:normal;hyphens:auto}
tr{break-inside:avoid}
.number{text-align:right;font-variant-numeric:tabular-nums}
td.number{white-space:nowrap}
.time{font-variant-numeric:tabular-nums}
td.id{font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.8rem}
.empty,.rest{color:${muted};font-style:italic}
figure{margin:1.2rem 0;break-inside:avoid}
figcaption{font-weight:600;margin-bottom:.3rem}
svg{display:block;width:100%;height:auto;font-family:inherit}
.legend{margin:.2rem 0;color:${muted};font-size:.82rem}
.legend span{margin-right:1.2rem}
.legend i{display:inline-block;width:.8em;height:.8em;margin-right:.4em;vertical-align:-.05em;border:1px solid ${grid}}
footer{margin-top:2.5rem;padding-top:.8rem;border-top:1px solid ${grid};color:${muted};font-size:.8rem}
footer dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:0}
footer dd{margin:0}
.digest{font-family:ui-monospace,"DejaVu Sans Mono",monospace}
@media print{html{background:#fff;font-size:12px}main{max-width:none;margin:0;padding:0;border:0}}
`;
