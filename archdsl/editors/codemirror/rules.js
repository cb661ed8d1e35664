// The rules of colouring by state. Printed by `python -m archdsl.editors`.

export const rules = {
  "line": [
    {
      "pattern": "#[^\\n]*",
      "kinds": [
        "comment"
      ]
    },
    {
      "pattern": "\"\"\"",
      "kinds": [
        "doc"
      ],
      "until": "\"\"\""
    },
    {
      "pattern": "'''",
      "kinds": [
        "doc"
      ],
      "until": "'''"
    },
    {
      "pattern": "\"(?:[^\"\\\\\\n]|\\\\.)*\"",
      "kinds": [
        "string"
      ]
    },
    {
      "pattern": "'(?:[^'\\\\\\n]|\\\\.)*'",
      "kinds": [
        "string"
      ]
    },
    {
      "pattern": "^(archdsl)(?=[ \\t]+[0-9])",
      "kinds": [
        "keyword"
      ],
      "grouped": true
    },
    {
      "pattern": "^(from)(?=[ \\t]*[\\\"'])",
      "kinds": [
        "keyword"
      ],
      "grouped": true,
      "until": "$",
      "within": "import"
    },
    {
      "pattern": "^([ \\t]*)(block|network|fn)([ \\t]+)(?!if\\b)([A-Za-z_][A-Za-z0-9_]*)",
      "kinds": [
        null,
        "keyword",
        null,
        "declared"
      ],
      "grouped": true
    },
    {
      "pattern": "^([ \\t]*)(layer|let|input|output|aux|init|expect)\\b(?!\\{)(?![ \\t]*(?:=(?!=)|->|:|,|\\.|\\[|\\*|\\bif\\b|$|#))(?![ \\t]*\\()",
      "kinds": [
        null,
        "keyword"
      ],
      "grouped": true
    },
    {
      "pattern": "^([ \\t]*)(input|output|expect|let)\\b(?=[ \\t]*\\()",
      "kinds": [
        null,
        "keyword"
      ],
      "grouped": true
    },
    {
      "pattern": "(?:[A-Za-z_][A-Za-z0-9_]*)?\\{",
      "kinds": [
        "name"
      ],
      "until": "\\}[A-Za-z0-9_]*(?![A-Za-z0-9_{])",
      "within": "template"
    },
    {
      "pattern": "(\\.)([0-9]+)\\b",
      "kinds": [
        "punctuation",
        "number"
      ],
      "grouped": true
    },
    {
      "pattern": "[0-9]+(?:x[0-9]+)+\\b",
      "kinds": [
        "number"
      ]
    },
    {
      "pattern": "[0-9][0-9_]*(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+|[KMGT])?\\b",
      "kinds": [
        "number"
      ]
    },
    {
      "pattern": "(\\.)([A-Za-z_][A-Za-z0-9_]*)",
      "kinds": [
        "punctuation",
        "attribute"
      ],
      "grouped": true
    },
    {
      "pattern": "\\b(?:elif|else|and|for|not|if|in|or)\\b",
      "kinds": [
        "keyword"
      ]
    },
    {
      "pattern": "\\b(?:false|none|true)\\b",
      "kinds": [
        "constant"
      ]
    },
    {
      "pattern": "[A-Za-z_][A-Za-z0-9_]*(?=[ \\t]*=(?!=))",
      "kinds": [
        "tap"
      ]
    },
    {
      "pattern": "\\b(?:relative_positions|scaled_dot_product|adaptive_avg_pool|adaptive_max_pool|channel_shuffle|global_avg_pool|global_max_pool|pixel_unshuffle|spatial_dropout|conv_transpose|alpha_dropout|instance_norm|pixel_shuffle|upsample_like|index_select|hardsigmoid|log_sigmoid|log_softmax|group_norm|hardshrink|layer_norm|leaky_relu|softshrink|tanhshrink|attention|crop_like|drop_path|embedding|hardswish|normalize|parameter|threshold|transpose|unflatten|unsqueeze|avg_pool|bilinear|hardtanh|identity|max_pool|multiply|rms_norm|softplus|softsign|subtract|upsample|average|dropout|flatten|lp_pool|maximum|permute|reshape|sigmoid|softmax|squeeze|concat|expand|linear|matmul|select|unbind|chunk|clamp|prelu|relu6|rrelu|scale|slice|split|stack|celu|conv|crop|gelu|grid|mean|mish|relu|roll|selu|silu|tanh|abs|add|elu|exp|glu|lrn|max|pad|sum|bn)\\b",
      "kinds": [
        "op"
      ]
    },
    {
      "pattern": "\\b(?:fused_inverted_residual|inverted_residual|preact_bottleneck|make_divisible|separable_conv|squeeze_excite|resnext_block|preact_block|basic_block|dense_block|double_conv|bottleneck|transition|inception|nin_block|vgg_block|conv_bn|cbam|path)\\b",
      "kinds": [
        "block"
      ]
    },
    {
      "pattern": "\\b(?:enumerate|reversed|sorted|float|floor|range|round|ceil|log2|sqrt|abs|int|len|max|min|sum|zip)\\b",
      "kinds": [
        "function"
      ]
    },
    {
      "pattern": "[A-Za-z_][A-Za-z0-9_]*",
      "kinds": [
        "name"
      ]
    },
    {
      "pattern": "->|\\*\\*|//|==|!=|<=|>=|[-+*/%<>=]",
      "kinds": [
        "operator"
      ]
    },
    {
      "pattern": "[(\\[]",
      "kinds": [
        "punctuation"
      ],
      "until": "[)\\]]",
      "within": "inside"
    },
    {
      "pattern": "::|[:,]",
      "kinds": [
        "punctuation"
      ]
    }
  ],
  "inside": [
    {
      "pattern": "#[^\\n]*",
      "kinds": [
        "comment"
      ]
    },
    {
      "pattern": "\"\"\"",
      "kinds": [
        "doc"
      ],
      "until": "\"\"\""
    },
    {
      "pattern": "'''",
      "kinds": [
        "doc"
      ],
      "until": "'''"
    },
    {
      "pattern": "\"(?:[^\"\\\\\\n]|\\\\.)*\"",
      "kinds": [
        "string"
      ]
    },
    {
      "pattern": "'(?:[^'\\\\\\n]|\\\\.)*'",
      "kinds": [
        "string"
      ]
    },
    {
      "pattern": "(?:[A-Za-z_][A-Za-z0-9_]*)?\\{",
      "kinds": [
        "name"
      ],
      "until": "\\}[A-Za-z0-9_]*(?![A-Za-z0-9_{])",
      "within": "template"
    },
    {
      "pattern": "(\\.)([0-9]+)\\b",
      "kinds": [
        "punctuation",
        "number"
      ],
      "grouped": true
    },
    {
      "pattern": "[0-9]+(?:x[0-9]+)+\\b",
      "kinds": [
        "number"
      ]
    },
    {
      "pattern": "[0-9][0-9_]*(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+|[KMGT])?\\b",
      "kinds": [
        "number"
      ]
    },
    {
      "pattern": "(\\.)([A-Za-z_][A-Za-z0-9_]*)",
      "kinds": [
        "punctuation",
        "attribute"
      ],
      "grouped": true
    },
    {
      "pattern": "\\b(?:elif|else|and|for|not|if|in|or)\\b",
      "kinds": [
        "keyword"
      ]
    },
    {
      "pattern": "\\b(?:false|none|true)\\b",
      "kinds": [
        "constant"
      ]
    },
    {
      "pattern": "[A-Za-z_][A-Za-z0-9_]*(?=[ \\t]*=(?!=))",
      "kinds": [
        "argument"
      ]
    },
    {
      "pattern": "(:)([ \\t]*)(\\b(?:number|tensor|block|float|shape|tuple|bool|int|str|fn)\\b)",
      "kinds": [
        "punctuation",
        null,
        "type"
      ],
      "grouped": true
    },
    {
      "pattern": "\\b(?:relative_positions|scaled_dot_product|adaptive_avg_pool|adaptive_max_pool|channel_shuffle|global_avg_pool|global_max_pool|pixel_unshuffle|spatial_dropout|conv_transpose|alpha_dropout|instance_norm|pixel_shuffle|upsample_like|index_select|hardsigmoid|log_sigmoid|log_softmax|group_norm|hardshrink|layer_norm|leaky_relu|softshrink|tanhshrink|attention|crop_like|drop_path|embedding|hardswish|normalize|parameter|threshold|transpose|unflatten|unsqueeze|avg_pool|bilinear|hardtanh|identity|max_pool|multiply|rms_norm|softplus|softsign|subtract|upsample|average|dropout|flatten|lp_pool|maximum|permute|reshape|sigmoid|softmax|squeeze|concat|expand|linear|matmul|select|unbind|chunk|clamp|prelu|relu6|rrelu|scale|slice|split|stack|celu|conv|crop|gelu|grid|mean|mish|relu|roll|selu|silu|tanh|abs|add|elu|exp|glu|lrn|max|pad|sum|bn)\\b",
      "kinds": [
        "op"
      ]
    },
    {
      "pattern": "\\b(?:fused_inverted_residual|inverted_residual|preact_bottleneck|make_divisible|separable_conv|squeeze_excite|resnext_block|preact_block|basic_block|dense_block|double_conv|bottleneck|transition|inception|nin_block|vgg_block|conv_bn|cbam|path)\\b",
      "kinds": [
        "block"
      ]
    },
    {
      "pattern": "\\b(?:enumerate|reversed|sorted|float|floor|range|round|ceil|log2|sqrt|abs|int|len|max|min|sum|zip)\\b",
      "kinds": [
        "function"
      ]
    },
    {
      "pattern": "[A-Za-z_][A-Za-z0-9_]*",
      "kinds": [
        "name"
      ]
    },
    {
      "pattern": "->|\\*\\*|//|==|!=|<=|>=|[-+*/%<>=]",
      "kinds": [
        "operator"
      ]
    },
    {
      "pattern": "[(\\[]",
      "kinds": [
        "punctuation"
      ],
      "until": "[)\\]]",
      "within": "inside"
    },
    {
      "pattern": "::|[:,]",
      "kinds": [
        "punctuation"
      ]
    }
  ],
  "template": [
    {
      "pattern": "\\}[A-Za-z0-9_]*\\{",
      "kinds": [
        "name"
      ]
    },
    {
      "pattern": "#[^\\n]*",
      "kinds": [
        "comment"
      ]
    },
    {
      "pattern": "\"\"\"",
      "kinds": [
        "doc"
      ],
      "until": "\"\"\""
    },
    {
      "pattern": "'''",
      "kinds": [
        "doc"
      ],
      "until": "'''"
    },
    {
      "pattern": "\"(?:[^\"\\\\\\n]|\\\\.)*\"",
      "kinds": [
        "string"
      ]
    },
    {
      "pattern": "'(?:[^'\\\\\\n]|\\\\.)*'",
      "kinds": [
        "string"
      ]
    },
    {
      "pattern": "(?:[A-Za-z_][A-Za-z0-9_]*)?\\{",
      "kinds": [
        "name"
      ],
      "until": "\\}[A-Za-z0-9_]*(?![A-Za-z0-9_{])",
      "within": "template"
    },
    {
      "pattern": "(\\.)([0-9]+)\\b",
      "kinds": [
        "punctuation",
        "number"
      ],
      "grouped": true
    },
    {
      "pattern": "[0-9]+(?:x[0-9]+)+\\b",
      "kinds": [
        "number"
      ]
    },
    {
      "pattern": "[0-9][0-9_]*(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+|[KMGT])?\\b",
      "kinds": [
        "number"
      ]
    },
    {
      "pattern": "(\\.)([A-Za-z_][A-Za-z0-9_]*)",
      "kinds": [
        "punctuation",
        "attribute"
      ],
      "grouped": true
    },
    {
      "pattern": "\\b(?:elif|else|and|for|not|if|in|or)\\b",
      "kinds": [
        "keyword"
      ]
    },
    {
      "pattern": "\\b(?:false|none|true)\\b",
      "kinds": [
        "constant"
      ]
    },
    {
      "pattern": "[A-Za-z_][A-Za-z0-9_]*(?=[ \\t]*=(?!=))",
      "kinds": [
        "argument"
      ]
    },
    {
      "pattern": "(:)([ \\t]*)(\\b(?:number|tensor|block|float|shape|tuple|bool|int|str|fn)\\b)",
      "kinds": [
        "punctuation",
        null,
        "type"
      ],
      "grouped": true
    },
    {
      "pattern": "\\b(?:relative_positions|scaled_dot_product|adaptive_avg_pool|adaptive_max_pool|channel_shuffle|global_avg_pool|global_max_pool|pixel_unshuffle|spatial_dropout|conv_transpose|alpha_dropout|instance_norm|pixel_shuffle|upsample_like|index_select|hardsigmoid|log_sigmoid|log_softmax|group_norm|hardshrink|layer_norm|leaky_relu|softshrink|tanhshrink|attention|crop_like|drop_path|embedding|hardswish|normalize|parameter|threshold|transpose|unflatten|unsqueeze|avg_pool|bilinear|hardtanh|identity|max_pool|multiply|rms_norm|softplus|softsign|subtract|upsample|average|dropout|flatten|lp_pool|maximum|permute|reshape|sigmoid|softmax|squeeze|concat|expand|linear|matmul|select|unbind|chunk|clamp|prelu|relu6|rrelu|scale|slice|split|stack|celu|conv|crop|gelu|grid|mean|mish|relu|roll|selu|silu|tanh|abs|add|elu|exp|glu|lrn|max|pad|sum|bn)\\b",
      "kinds": [
        "op"
      ]
    },
    {
      "pattern": "\\b(?:fused_inverted_residual|inverted_residual|preact_bottleneck|make_divisible|separable_conv|squeeze_excite|resnext_block|preact_block|basic_block|dense_block|double_conv|bottleneck|transition|inception|nin_block|vgg_block|conv_bn|cbam|path)\\b",
      "kinds": [
        "block"
      ]
    },
    {
      "pattern": "\\b(?:enumerate|reversed|sorted|float|floor|range|round|ceil|log2|sqrt|abs|int|len|max|min|sum|zip)\\b",
      "kinds": [
        "function"
      ]
    },
    {
      "pattern": "[A-Za-z_][A-Za-z0-9_]*",
      "kinds": [
        "name"
      ]
    },
    {
      "pattern": "->|\\*\\*|//|==|!=|<=|>=|[-+*/%<>=]",
      "kinds": [
        "operator"
      ]
    },
    {
      "pattern": "[(\\[]",
      "kinds": [
        "punctuation"
      ],
      "until": "[)\\]]",
      "within": "inside"
    },
    {
      "pattern": "::|[:,]",
      "kinds": [
        "punctuation"
      ]
    }
  ],
  "import": [
    {
      "pattern": "#[^\\n]*",
      "kinds": [
        "comment"
      ]
    },
    {
      "pattern": "\"\"\"",
      "kinds": [
        "doc"
      ],
      "until": "\"\"\""
    },
    {
      "pattern": "'''",
      "kinds": [
        "doc"
      ],
      "until": "'''"
    },
    {
      "pattern": "\"(?:[^\"\\\\\\n]|\\\\.)*\"",
      "kinds": [
        "string"
      ]
    },
    {
      "pattern": "'(?:[^'\\\\\\n]|\\\\.)*'",
      "kinds": [
        "string"
      ]
    },
    {
      "pattern": "\\b(?:import|as)\\b",
      "kinds": [
        "keyword"
      ]
    },
    {
      "pattern": "[A-Za-z_][A-Za-z0-9_]*",
      "kinds": [
        "name"
      ]
    },
    {
      "pattern": ",",
      "kinds": [
        "punctuation"
      ]
    }
  ]
};
