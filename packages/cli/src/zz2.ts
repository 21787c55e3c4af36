import { readFileSync } from "node:fs";
import { openNetwork } from "@bitscape/engine";
import { nodeRuntime } from "./node/runtime.ts";
const rt = await nodeRuntime("native", 2);
const net = await openNetwork(new Uint8Array(readFileSync(`/work/shared/models/cifar-resnet20.onnx`)), rt, {name:"x"});
console.log(net.model.graph.nodes.slice(-14).map(n=>`${n.op}(${n.inputs.join(",")})->${n.outputs}`).join("\n"));
console.log(net.points.slice(-5).map(p=>JSON.stringify(p)).join("\n"));
