"""ONNX's own schemas of some operators, for comparing emitted files with them in tests: onnx-schemas.py OPERATOR...

Prints JSON: per operator the versions that opsets 13 to 28 know, with the counts of inputs and outputs, the type variable
of each, the element types that a variable may have (of those that enetc writes) and the attributes. To renew the file:

    .venv/bin/python scripts/onnx-schemas.py $(node -p "JSON.parse(fs.readFileSync('test/onnx/op-schemas.json')).operators.join(' ')") \\
        > test/onnx/op-schemas.json; npm run fix
"""
import json
import sys

from onnx import defs

OPSETS = range(13, 29)
WRITTEN = ("float", "float16", "int64", "int8", "uint8", "uint16", "int32")


def types(strings):
    return [t for t in WRITTEN if f"tensor({t})" in strings]


def values(formals):
    return [{"type": f.type_str, "option": f.option.name.lower()} for f in formals]


def describe(schema):
    constraints = {c.type_param_str: types(c.allowed_type_strs) for c in schema.type_constraints}
    for formal in [*schema.inputs, *schema.outputs]:
        constraints.setdefault(formal.type_str, types([formal.type_str]))
    return {
        "since": schema.since_version,
        "deprecated": schema.deprecated,
        "inputs": [schema.min_input, schema.max_input],
        "outputs": [schema.min_output, schema.max_output],
        "inputTypes": values(schema.inputs),
        "outputTypes": values(schema.outputs),
        "types": dict(sorted(constraints.items())),
        "attributes": {
            name: {"type": a.type.name, "required": a.required} for name, a in sorted(schema.attributes.items())
        },
    }


def versions(name):
    found = {}
    for opset in OPSETS:
        try:
            schema = defs.get_schema(name, opset)
        except defs.SchemaError:
            continue
        found[schema.since_version] = describe(schema)
    return [found[since] for since in sorted(found)]


operators = sys.argv[1:]
lines = [f"    {json.dumps(name)}: {json.dumps(versions(name))}" for name in operators]
print('{\n  "operators": ' + json.dumps(operators) + ',\n  "schemas": {\n' + ",\n".join(lines) + "\n  }\n}")
