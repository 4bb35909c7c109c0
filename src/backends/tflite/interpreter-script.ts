/**
 * What Python runs: TensorFlow Lite's interpreter, by lines of JSON. Its argument is the wanted engine, `litert` or `tensorflow`; by default the first that is available. First it reports the engine, `{engine}`; then each request is answered by one line, `{error}` or the result. Numbers are float32 in base64; those of quantised inputs and outputs are what the integers represent.
 *
 * - `{open: path, id, threads, delegate}`: opens a model, with its default delegate (XNNPACK) or without; gives `{inputs}`,
 *   a shape by name, -1 for an open batch. A number in place of the path: the model follows the line, and has that many bytes.
 * - `{run: id, inputs: {name: {shape, data}}}`: gives `{outputs: {name: {shape, data}}}`, by the names of the signature, or of the
 *   tensors where there is none. Inputs of a different shape than before resize the model.
 * - `{time: id, runs}`: runs on the inputs of the last `run`; gives `{milliseconds}`, a list.
 * - `{close: id}`
 */
export const interpreterScript = `
import base64, json, os, sys, time
out = os.fdopen(os.dup(1), 'w')
os.dup2(2, 1)
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

def answer(value):
    print(json.dumps(value), file=out, flush=True)
try:
    import numpy as np
    wanted = sys.argv[1] if len(sys.argv) > 1 else ''
    try:
        if wanted == 'tensorflow':
            raise ImportError()
        from ai_edge_litert.interpreter import Interpreter, OpResolverType
        from importlib import metadata
        engine = 'LiteRT ' + metadata.version('ai-edge-litert')
    except ImportError:
        if wanted == 'litert':
            raise
        import tensorflow as tf
        from tensorflow.lite.python.interpreter import Interpreter, OpResolverType
        engine = 'TensorFlow Lite of TensorFlow ' + tf.__version__
except Exception as e:
    answer({'error': f'{type(e).__name__}: {e}'})
    sys.exit(0)
answer({'engine': engine})
models = {}
def open_model(request):
    kind = OpResolverType.AUTO if request['delegate'] else OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    given = request['open']
    file = {'model_path': given} if isinstance(given, str) else {'model_content': sys.stdin.buffer.read(given)}
    model = Interpreter(**file, num_threads=request['threads'], experimental_op_resolver_type=kind)
    key = next(iter(model.get_signature_list()), None)
    named = lambda details: {d['name']: d['index'] for d in details}
    plain = {'inputs': named(model.get_input_details()), 'outputs': named(model.get_output_details())}
    own = plain if key is None else model._get_full_signature_list()[key]
    indices = {d['index']: d for d in model.get_input_details()}
    inputs = {name: indices[index] for name, index in own['inputs'].items()}
    steps = {d['index']: (d['dtype'], *d['quantization']) for d in [*model.get_input_details(), *model.get_output_details()]}
    models[request['id']] = (model, inputs, own['outputs'], {}, steps)
    return {'inputs': {name: [int(n) for n in d['shape_signature']] for name, d in inputs.items()}}
def run(request):
    model, inputs, outputs, shapes, steps = models[request['run']]
    fed = request['inputs']
    if any(shapes.get(name) != fed[name]['shape'] for name in fed):
        for name, value in fed.items():
            model.resize_tensor_input(inputs[name]['index'], value['shape'], strict=True)
            shapes[name] = value['shape']
        model.allocate_tensors()
    for name, value in fed.items():
        data = np.frombuffer(base64.b64decode(value['data']), np.float32).reshape(value['shape'])
        index = inputs[name]['index']
        kind, scale, zero = steps[index]
        if scale > 0:
            info = np.iinfo(kind)
            data = np.clip(np.rint(data / scale) + zero, info.min, info.max).astype(kind)
        model.set_tensor(index, data)
    model.invoke()
    results = {}
    for name, index in outputs.items():
        value = np.ascontiguousarray(model.get_tensor(index), np.float32)
        _, scale, zero = steps[index]
        if scale > 0:
            value = (value - np.float32(zero)) * np.float32(scale)
        results[name] = {'shape': list(value.shape), 'data': base64.b64encode(value.tobytes()).decode()}
    return {'outputs': results}
def time_runs(request):
    model = models[request['time']][0]
    times = []
    for _ in range(request['runs']):
        start = time.perf_counter()
        model.invoke()
        times.append((time.perf_counter() - start) * 1000)
    return {'milliseconds': times}
def close(request):
    del models[request['close']]
    return {}
for line in iter(sys.stdin.buffer.readline, b''):
    request = json.loads(line)
    try:
        work = {'open': open_model, 'run': run, 'time': time_runs, 'close': close}
        answer(next(f for key, f in work.items() if key in request)(request))
    except Exception as e:
        answer({'error': f'{type(e).__name__}: {e}'.split('\\n')[0][:500]})
`;
