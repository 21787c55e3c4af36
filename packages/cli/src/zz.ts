import { decodeModel, encodeModel } from "@bitscape/graph";
import { readFileSync } from "node:fs";
import { openNetwork, inputsOf, syntheticDataset, presetRecipe, planRecipe, exportNetwork } from "@bitscape/engine";
import { calibrate } from "../../engine/src/calibrate.ts";
import { nodeRuntime } from "./node/runtime.ts";
const rt = await nodeRuntime("native", 2);
for (const name of process.argv.slice(2)) {
const bytes = new Uint8Array(readFileSync(`/work/shared/models/${name}.onnx`));
const net = await openNetwork(bytes, rt, {name});
const data = await syntheticDataset(inputsOf(net), {size: 4, pins: net.pins});
const ranges = await calibrate(net, data, [0,1,2,3], rt, async()=>{});
const recipe = presetRecipe("w8a8");
const plan = planRecipe(net, recipe, ranges);
const { model } = exportNetwork(net, plan, recipe);
await rt.load(encodeModel(model), {optimizedPath:"/tmp/scratch/o.onnx"});
const opt = decodeModel(new Uint8Array(readFileSync("/tmp/scratch/o.onnx")));
const count = (nodes: readonly {op:string, domain:string}[]) => { const m: Record<string,number> = {}; for (const n of nodes) { const k=(n.domain?n.domain+":":"")+n.op; m[k]=(m[k]??0)+1; } return JSON.stringify(Object.fromEntries(Object.entries(m).sort())); };
console.log("==", name, "\n float:", count(net.model.graph.nodes), "\n opt:", count(opt.graph.nodes));
for (const n of opt.graph.nodes) if (/^(Fused)?(Conv|MatMul|Gemm|Add|MaxPool|AveragePool|GlobalAveragePool|Concat)/.test(n.op)) { console.log("   float:", n.op, n.name, n.inputs.join(","), "->", n.outputs.join(",")); }
}
if (process.env.SHOW) { const opt = decodeModel(new Uint8Array(readFileSync("/tmp/scratch/o.onnx"))); console.log(opt.graph.nodes.slice(-14).map(n=>`${n.op}(${n.inputs.join(",")})->${n.outputs}`).join("\n")); }
