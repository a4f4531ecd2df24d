// The records that Python sends, and what is in them. Made from its types by
// python -m tests.contract --write

export {};

/**
 * What is said of it; `button` opens the page anew, where that helps.
 * @typedef {object} AbsenceRecord
 * @property {string} heading
 * @property {string} text
 * @property {string} button
 */

/**
 * What one cell wrote of the two, sample by sample.
 * @typedef {object} ApartRecord
 * @property {string} name
 * @property {string} title
 * @property {string} direction
 * @property {string[]} heads
 * @property {ApartRow[]} rows
 * @property {string} reason
 */

/**
 * The differences of one sample: at each step, then in its final states.
 * @typedef {object} ApartRow
 * @property {string} sample
 * @property {DifferenceRecord[]} differences
 */

/**
 * One argument with another value; where no other is valid, `why_not` says why.
 * @typedef {object} ArgumentRecord
 * @property {string} argument
 * @property {string} says
 * @property {string} value
 * @property {string} other
 * @property {string} why_not
 * @property {ChangeRecord[]} changed
 * @property {string} parameters
 * @property {string} kept
 * @property {FoundRecord} found
 * @property {string} link
 * @property {string} set_it
 * @property {string} label
 */

/**
 * All arguments of nn.LSTM, what batch_first moves, and where dropout acts.
 * @typedef {object} ArgumentsPanel
 * @property {string[]} heads
 * @property {ArgumentRecord[]} rows
 * @property {string} parameters
 * @property {string} moved_title
 * @property {ClaimRecord[]} moved
 * @property {string} claims_title
 * @property {ClaimRecord[]} claims
 * @property {string} without
 */

/**
 * A slice drawn as an arrow.
 * @typedef {[id: string, d: string]} Arrow
 */

/**
 * All statements; `about` says what they are, or why none is evaluated.
 * @typedef {object} ArticlePanel
 * @property {string} without
 * @property {string} about
 * @property {string[]} heads
 * @property {StatementRecord[]} rows
 */

/**
 * One axis of a shape: its colour, what it means, how the documentation writes it.
 * @typedef {object} AxisRecord
 * @property {string} role
 * @property {string} name
 * @property {string} symbol
 */

/**
 * An axis of a card, which can be pointed at as a slice can.
 * @typedef {object} AxisSliceRecord
 * @property {string} tensor
 * @property {number} axis
 * @property {string} name
 * @property {string} words
 */

/**
 * The columns that one direction wrote, and whether their labels are shown.
 * @typedef {object} BandRecord
 * @property {string} band
 * @property {ColumnRecord[]} columns
 * @property {boolean} labelled
 */

/**
 * Why there are two biases, with what was evaluated.
 * @typedef {object} BiasesRecord
 * @property {string} title
 * @property {string} says
 * @property {ClaimRecord[]} claims
 */

/**
 * A tensor as a block: pixels and name of each axis; `room` is how long one may be.
 * @typedef {object} BlockRecord
 * @property {number[]} sides
 * @property {string[]} names
 * @property {number} room
 */

/**
 * A slice drawn as a box.
 * @typedef {[id: string, x: number, y: number, width: number, height: number, label: string]} Box
 */

/**
 * A question about what torch takes in silence.
 * @typedef {object} CallDoubt
 * @property {string} because
 * @property {string} asks
 * @property {string} code
 */

/**
 * An error that was pasted: what it says, why it came, what to do; no cure if it is not known.
 * @typedef {object} CallError
 * @property {string} message
 * @property {string} cause
 * @property {string} cure
 * @property {string} code
 */

/**
 * A button that types a call.
 * @typedef {object} CallExample
 * @property {string} words
 * @property {string} value
 */

/**
 * The field in which a call is typed.
 * @typedef {object} CallField
 * @property {string} label
 * @property {string} value
 * @property {string} longest
 * @property {string} button
 * @property {string} about
 * @property {string} hint
 */

/**
 * A call that torch takes, and what came out; `link` opens it in the explorer, if it can.
 * @typedef {object} CallMade
 * @property {string} title
 * @property {string} call
 * @property {CallShape[]} shapes
 * @property {string} link
 * @property {string} button
 */

/**
 * What became of the call, and of each cure; `made` is the call that torch takes.
 * @typedef {object} CallOutcome
 * @property {string} note
 * @property {CallRefused[]} refused
 * @property {CallMade | null} made
 * @property {string} doubts_title
 * @property {CallDoubt[]} doubts
 * @property {string} program_name
 * @property {string} program
 * @property {string} copy
 */

/**
 * The field, some examples, and what became of the call; `error` explains what was pasted instead, `refusal` says why
 * it cannot be read, and `without` why nothing can be made.
 * @typedef {object} CallPanel
 * @property {string} title
 * @property {CallField} field
 * @property {string} examples_title
 * @property {CallExample[]} examples
 * @property {string} refusal
 * @property {string} without
 * @property {CallOutcome | null} outcome
 * @property {CallError | null} error
 */

/**
 * Why torch refuses a call: its message, the axis, the cause and the cure.
 * @typedef {object} CallRefused
 * @property {string} message
 * @property {string} axis
 * @property {string} cause
 * @property {string} cure
 */

/**
 * A tensor that came out.
 * @typedef {object} CallShape
 * @property {string} name
 * @property {string[]} sizes
 * @property {AxisRecord[]} axes
 */

/**
 * A tensor's card; the shape and its block are missing where the module has no such tensor, and `words` is its name for
 * who does not see it.
 * @typedef {object} CardRecord
 * @property {string} tensor
 * @property {string} meaning
 * @property {string} words
 * @property {ShapeRecord | null} shape
 * @property {BlockRecord | null} block
 * @property {HandleRecord[]} handles
 */

/**
 * What was computed by hand, and by a cell that is a module of its own; `forgets` says where the forget gate has
 * nothing to forget.
 * @typedef {object} CellNumbers
 * @property {string} about
 * @property {string} forgets
 * @property {KindRecord[]} kinds
 * @property {string} strips_title
 * @property {LegendRecord[]} legend
 * @property {StatesStrip[]} strips
 * @property {ClaimRecord[]} claims
 * @property {LoopRecord} loop
 */

/**
 * Which cell is looked into, and its numbers; without those it is said why.
 * The layer is chosen by a button, or where there are too many by its number.
 * @typedef {object} CellPanel
 * @property {SampleField | null} sample_field
 * @property {PickField | null} layer_pick
 * @property {StepField | null} layer_field
 * @property {PickField} direction_pick
 * @property {StepField} time_field
 * @property {string} says
 * @property {string} without
 * @property {CellNumbers | null} numbers
 */

/**
 * A tensor whose shape would be another one.
 * @typedef {object} ChangeRecord
 * @property {string} tensor
 * @property {ShapeRecord} before
 * @property {ShapeRecord} after
 */

/**
 * One valid set of choices.
 * @typedef {object} Choices
 * @property {"directions" | "cell" | "parameters" | "arguments" | "lengths" | "states" | "decoder" | "vectors"
 *   | "scrambled" | "reproducibility" | "article" | "call" | "explain"} tab
 * @property {number} step
 * @property {"module" | "pair" | "flip"} way
 * @property {"concat" | "sum" | "mean" | "max"} merge
 * @property {string} vector
 * @property {number} layer
 * @property {"forward" | "backward"} direction
 * @property {number} time
 * @property {"zeros" | "random" | "carried"} start
 * @property {number} chunk
 * @property {"same" | "double" | "other"} width
 * @property {"forward" | "sum" | "mean" | "concat" | "linear"} combine
 * @property {number} decoder_size
 * @property {string} call
 * @property {"batch_first" | "last_step" | "one_direction" | "view" | "convolution" | "layers" | "padding" | "mean"
 *   | "order" | "decoder" | "future" | "states" | "one_sample" | "dropout"} bug
 * @property {"broken" | "repaired"} version
 * @property {"" | "tag" | "classify" | "decode" | "predict" | "lengths" | "cell"} route
 * @property {number} stop
 */

/**
 * The run cut in two; where it cannot be cut, `without` says why.
 * @typedef {object} ChunksRecord
 * @property {string} name
 * @property {string} title
 * @property {string} without
 * @property {StepField | null} field
 * @property {DistancesRecord | null} apart
 * @property {ClaimRecord[]} claims
 */

/**
 * One evaluated statement, as `Claim` has it, and what its sign says to who does not see it.
 * @typedef {object} ClaimRecord
 * @property {string} id
 * @property {string} statement
 * @property {boolean} holds
 * @property {string} sign
 * @property {string} reason
 * @property {boolean} mistake
 */

/**
 * Both versions with one and two layers and directions.
 * @typedef {object} ClassifierRecord
 * @property {string} name
 * @property {string} title
 * @property {string} about
 * @property {string[]} heads
 * @property {VersionRecord[]} rows
 * @property {SourceRecord[]} sources
 */

/**
 * The features of one direction at one step.
 * `key` names the direction and the step that wrote them, so that a column can be followed from strip to strip; it is
 * empty for the column that stands for those left out.
 * @typedef {object} ColumnRecord
 * @property {string} key
 * @property {string} label
 * @property {[string, number][]} cells
 */

/**
 * A value of a choice, and what is said of it.
 * @typedef {object} CombineOption
 * @property {string} value
 * @property {string} words
 */

/**
 * How wide the decoder is, how the directions are combined, and what that means.
 * @typedef {object} CombineRecord
 * @property {OptionsField} width
 * @property {OptionsField} combine
 * @property {string} says
 */

/**
 * How many parameters there are, by formula and as measured; `symbols` and `numbers` write the sum.
 * @typedef {object} CountRecord
 * @property {string} count
 * @property {string} symbols
 * @property {string} numbers
 * @property {string} by_formula
 * @property {string} measured
 * @property {boolean | null} agrees
 * @property {string} says
 */

/**
 * A choice that fits.
 * @typedef {object} CureRecord
 * @property {string} name
 * @property {string} value
 * @property {string} words
 */

/**
 * The encoder's final states, combined; the decoder from them; or why it refuses them.
 * @typedef {object} DecoderPanel
 * @property {string} about
 * @property {SampleField | null} sample_field
 * @property {CombineRecord} combining
 * @property {StepField | null} size_field
 * @property {string} without
 * @property {RefusedRecord | null} refused
 * @property {StartedRecord | null} started
 * @property {string} claims_title
 * @property {ClaimRecord[]} claims
 * @property {string} mistakes_title
 * @property {ClaimRecord[]} mistakes
 * @property {GreedyRecord | null} greedy
 * @property {ProgramRecord | null} program
 */

/**
 * A tensor of the decoder's call, and what it is made of.
 * @typedef {object} DecoderShape
 * @property {string} name
 * @property {string} made_of
 * @property {ShapeRecord} shape
 */

/**
 * How far two numbers are apart; `differs` is `None` where nothing is compared.
 * @typedef {object} DifferenceRecord
 * @property {string} text
 * @property {boolean | null} differs
 */

/**
 * The walk; every strip is sent once, and the steps name it by its id.
 * @typedef {object} DirectionsPanel
 * @property {string} about
 * @property {SampleField | null} sample_field
 * @property {LegendRecord[]} legend
 * @property {Record<string, WayRecord>} ways
 * @property {Record<string, StripRecord>} strips
 * @property {PlayLabels} play
 * @property {string} claims_title
 * @property {ClaimRecord[]} claims
 */

/**
 * The same for every step of one direction.
 * @typedef {object} DistanceBand
 * @property {string} band
 * @property {string} name
 * @property {DistanceColumn[]} columns
 */

/**
 * How far two outs are apart at one step; `says` tells it to those who hear it.
 * @typedef {object} DistanceColumn
 * @property {string} label
 * @property {[string, number][]} cells
 * @property {string} says
 */

/**
 * How far two outs are apart, by direction and step.
 * @typedef {object} DistancesRecord
 * @property {string} kind
 * @property {string} about
 * @property {DistanceBand[]} bands
 */

/**
 * Where everything stands, in pixels: a `Drawing`.
 * @typedef {object} DrawingRecord
 * @property {number} width
 * @property {number} height
 * @property {Box[]} boxes
 * @property {Arrow[]} arrows
 * @property {string[]} frames
 * @property {Text[]} texts
 */

/**
 * One element, by where it comes from; `wrong` where another one was meant.
 * @typedef {object} ElementRecord
 * @property {number} sample
 * @property {string} text
 * @property {string} band
 * @property {boolean} wrong
 * @property {string} label
 */

/**
 * One entry of the first axis, its elements in a line.
 * @typedef {object} ElementRow
 * @property {string} name
 * @property {ElementRecord[]} elements
 */

/**
 * One of some things to choose.
 * @typedef {object} ExplainChoice
 * @property {string} value
 * @property {string} words
 * @property {boolean} chosen
 */

/**
 * A line of a program.
 * `mark` says whether it is of one version alone. `number` is where it stands in the file that the report speaks of; a
 * line that was taken out stands nowhere.
 * @typedef {object} ExplainLine
 * @property {string} number
 * @property {string} mark
 * @property {string} text
 */

/**
 * One bug, one version of it, and its report, which is HTML that is ready to be shown.
 * @typedef {object} ExplainPanel
 * @property {string} without
 * @property {string} title
 * @property {string} about
 * @property {string} bugs_title
 * @property {ExplainChoice[]} bugs
 * @property {string} versions_title
 * @property {ExplainChoice[]} versions
 * @property {string} seen
 * @property {string} code_title
 * @property {ExplainLine[]} lines
 * @property {string} code
 * @property {string} report_title
 * @property {string} report
 * @property {string} own_title
 * @property {string} own_about
 * @property {string} own_code
 * @property {string} copy
 */

/**
 * Code that is wrong, cut in three: before the spot, the spot, and behind it.
 * @typedef {object} FaultRecord
 * @property {string[]} parts
 * @property {string} says
 */

/**
 * Whether what a row says was found so on a run; `None` where none was made.
 * @typedef {object} FoundRecord
 * @property {boolean | null} agrees
 * @property {string} words
 */

/**
 * The rows of a parameter that belong to one gate.
 * @typedef {object} GateRecord
 * @property {string} name
 * @property {string} rows
 */

/**
 * The tokens that the decoder writes, each read by the step after it.
 * @typedef {object} GreedyRecord
 * @property {string} title
 * @property {string} about
 * @property {string[]} heads
 * @property {GreedyRow[]} rows
 * @property {string} checked
 * @property {ClaimRecord[]} claims
 */

/**
 * One greedy step.
 * @typedef {object} GreedyRow
 * @property {string} step
 * @property {string} read
 * @property {string} shape
 * @property {string} written
 */

/**
 * What the elements of one direction have read.
 * @typedef {object} HalfRecord
 * @property {string} part
 * @property {string} title
 * @property {SquaresRecord[]} rows
 * @property {string} more
 */

/**
 * An entry of a card's shape, which can be pointed at: an axis of the tensor.
 * @typedef {object} HandleRecord
 * @property {string} id
 * @property {string} slice
 * @property {string} words
 */

/**
 * A head for the chosen vector; `without` says why there is none.
 * @typedef {object} HeadRecord
 * @property {string} title
 * @property {string} about
 * @property {string} code
 * @property {ReadingRecord} reading
 * @property {LinearRecord | null} linear
 * @property {string} without
 */

/**
 * A strip of numbers, and how many features are left out.
 * @typedef {object} HeatRecord
 * @property {BandRecord[]} bands
 * @property {string} more
 */

/**
 * The dialog with the keys and the glossary; `none` is said where no term fits.
 * @typedef {object} HelpRecord
 * @property {string} heading
 * @property {KeyRecord[]} keys
 * @property {string} glossary
 * @property {string} filter
 * @property {string} none
 * @property {string} close
 */

/**
 * One entry of the legend.
 * @typedef {[x: number, y: number, classes: string, link: string, words: string]} Key
 */

/**
 * Keys that do the same, and what they do.
 * @typedef {object} KeyRecord
 * @property {string[]} keys
 * @property {string} words
 */

/**
 * One kind of module at the chosen cell and step; `current` is empty, or says that it is the module shown above.
 * @typedef {object} KindRecord
 * @property {string} kind
 * @property {string} code
 * @property {string} current
 * @property {string} weights
 * @property {LineRecord[]} inputs
 * @property {LineRecord[]} lines
 * @property {ClaimRecord} claim
 */

/**
 * What one layer of the decoder starts from, and the rows that it is made of.
 * @typedef {object} LayerRow
 * @property {NumbersRow[]} sources
 * @property {NumbersRow} made
 */

/**
 * One colour, by the direction that has it, and its meaning.
 * @typedef {object} LegendRecord
 * @property {string} band
 * @property {string} words
 */

/**
 * The length of one sample, to be changed.
 * @typedef {object} LengthField
 * @property {string} label
 * @property {string} name
 * @property {string} value
 * @property {string} most
 */

/**
 * A button that opens other lengths.
 * @typedef {object} LengthLink
 * @property {string} label
 * @property {string} link
 */

/**
 * The lengths, and what can be done to them; `more` says which are not listed.
 * @typedef {object} LengthsEditor
 * @property {LengthField[]} fields
 * @property {string} more
 * @property {LengthLink[]} links
 */

/**
 * The lengths to be edited, and what follows from them; without it is said why not.
 * @typedef {object} LengthsPanel
 * @property {string} about
 * @property {LengthsEditor} editor
 * @property {string} without
 * @property {SampleField | null} sample_field
 * @property {PackedRecord | null} packed
 */

/**
 * A value of one cell: its name, how it is computed, and one sample's numbers.
 * An input has neither a formula nor `uses`; `rows` are those of the weights.
 * @typedef {object} LineRecord
 * @property {string} name
 * @property {string} formula
 * @property {string} rows
 * @property {string[] | null} uses
 * @property {[string, number][]} cells
 * @property {string} more
 * @property {string} label
 */

/**
 * The linear layer that fits a vector, and what it makes of it.
 * @typedef {object} LinearRecord
 * @property {string} layer
 * @property {string} in_features
 * @property {string} makes
 * @property {string[]} sizes
 * @property {string} shape
 * @property {ResultAxis[]} axes
 * @property {string} program_name
 * @property {string} program
 * @property {string} copy
 */

/**
 * The step as a module of its own, called in a loop.
 * @typedef {object} LoopRecord
 * @property {string} title
 * @property {string} says
 * @property {string} code
 * @property {ClaimRecord[]} claims
 */

/**
 * The column that is outlined, and what it equals.
 * @typedef {object} MarkRecord
 * @property {number} column
 * @property {string} label
 */

/**
 * What the button does, and what it says.
 * @typedef {object} MeasureButton
 * @property {"measure" | "stop"} action
 * @property {string} label
 * @property {boolean} disabled
 */

/**
 * What people often write instead, and what it costs on the run; empty until there is one.
 * @typedef {object} MistakeRecord
 * @property {string} text
 * @property {string} cost
 */

/**
 * How a slice is drawn.
 * Tab stops once in each `group`, and the arrow keys move within it. A slice that stands for several has no `name`, and
 * cannot be selected.
 * @typedef {object} NodeRecord
 * @property {string} classes
 * @property {string} group
 * @property {string} [name]
 */

/**
 * One notice: `parts` lists what it is about, `code` is the module as it should be built, `argument` the control that
 * it is about, and `link` what a button beside it opens; each is empty where there is none. `button` is what it says if
 * it does not apply a cure. `offers` are several ways out, each enough.
 * @typedef {object} NoticeRecord
 * @property {"error" | "refusal" | "remark"} tone
 * @property {string} heading
 * @property {string} text
 * @property {string[]} parts
 * @property {string} code
 * @property {string} argument
 * @property {string} link
 * @property {string} button
 * @property {OfferRecord[]} offers
 */

/**
 * Numbers of one row; `band` is the direction that wrote them.
 * @typedef {object} NumbersPart
 * @property {string} band
 * @property {[string, number][]} cells
 */

/**
 * One row of a state, of one sample; side by side where directions were.
 * @typedef {object} NumbersRow
 * @property {string} label
 * @property {NumbersPart[]} parts
 * @property {string} more
 */

/**
 * One of several ways out, as a button: what it says, and the `link` that it opens.
 * @typedef {object} OfferRecord
 * @property {string} link
 * @property {string} label
 * @property {string} argument
 */

/**
 * One option of packing or unpacking: code, and what becomes of it.
 * `torch` is torch's own message, if it has one.
 * @typedef {object} OptionRecord
 * @property {string} code
 * @property {string} says
 * @property {string} torch
 */

/**
 * One of a few values, each with words of its own; the choice is called `name`.
 * @typedef {object} OptionsField
 * @property {string} name
 * @property {string} label
 * @property {string} about
 * @property {CombineOption[]} options
 * @property {string} chosen
 */

/**
 * The field for a vector of one's own, and what may be written there.
 * @typedef {object} OwnField
 * @property {string} label
 * @property {string} name
 * @property {string} value
 * @property {string} longest
 * @property {string} button
 * @property {string} about
 * @property {string} grammar
 */

/**
 * One attribute of the packed batch.
 * @typedef {object} PackedPart
 * @property {string} name
 * @property {string} value
 */

/**
 * Everything that follows from lengths, measured on the run.
 * @typedef {object} PackedRecord
 * @property {TokenGrid[]} grids
 * @property {PackedPart[]} parts
 * @property {PaddingRecord} padding
 * @property {string} options_title
 * @property {OptionRecord[]} options
 * @property {string} claims_title
 * @property {ClaimRecord[]} claims
 */

/**
 * The packed batch and the padded one, side by side.
 * @typedef {object} PaddingRecord
 * @property {string} title
 * @property {string} hint
 * @property {LegendRecord[]} legend
 * @property {SideRecord[]} sides
 * @property {string} about
 * @property {ApartRecord[]} apart
 */

/**
 * What stands on the page, or is read out, and never changes.
 * `served` are the buttons of a page with an address of its own, `embedded` those of a notebook; `served_without` and
 * `embedded_without` is what they say while no kernel answers them, and `of_earlier` what a card says then; `gone` says
 * that the slice at its `{}` is not drawn; `steps` is by how much the number field of an argument moves with the arrow
 * keys; `browser` is the name of the browser's tab; `local` says that a link leads to this machine only; `go_there` is
 * the button to the field that is refused; `glossary` has a line for every control, symbol and term, in the order of
 * the alphabet, and `tab_terms` those beside a panel.
 * @typedef {object} PageRecord
 * @property {string} title
 * @property {string} hint
 * @property {string} network
 * @property {Record<"forward" | "backward", string>} directions
 * @property {Record<"selected" | "wrote" | "same" | "read", string>} links
 * @property {string} numbers_of
 * @property {string} sample
 * @property {string} cure
 * @property {string} nothing
 * @property {string} gone
 * @property {string} found
 * @property {ShareButton[]} served
 * @property {ShareButton[]} embedded
 * @property {Record<"earlier" | "lost" | "ended", AbsenceRecord>} served_without
 * @property {Record<"earlier" | "lost" | "ended", AbsenceRecord>} embedded_without
 * @property {string} of_earlier
 * @property {string} copied
 * @property {string} by_hand
 * @property {string} to_copy
 * @property {string} settings
 * @property {string} presets
 * @property {Record<string, string>} steps
 * @property {Record<"directions" | "cell" | "parameters" | "arguments" | "lengths" | "states" | "decoder" | "vectors"
 *   | "scrambled" | "reproducibility" | "article" | "call" | "explain", string>} tabs
 * @property {Record<string, ("directions" | "cell" | "parameters" | "arguments" | "lengths" | "states" | "decoder"
 *   | "vectors" | "scrambled" | "reproducibility" | "article" | "call" | "explain")[]>} groups
 * @property {RouteWords} routes
 * @property {ToolsRecord} tools
 * @property {string} browser
 * @property {string} local
 * @property {string} go_there
 * @property {Record<string, string>} glossary
 * @property {string} terms
 * @property {Record<"directions" | "cell" | "parameters" | "arguments" | "lengths" | "states" | "decoder" | "vectors"
 *   | "scrambled" | "reproducibility" | "article" | "call" | "explain", string[]>} tab_terms
 * @property {HelpRecord} help
 */

/**
 * What all panels have in common: the tab, and which view the panel belongs to.
 * `smaller` says that the panel was made of a smaller twin of the question, and of which.
 * @typedef {object} PanelRecord
 * @property {"directions" | "cell" | "parameters" | "arguments" | "lengths" | "states" | "decoder" | "vectors"
 *   | "scrambled" | "reproducibility" | "article" | "call" | "explain"} tab
 * @property {"measured" | "predicted" | "invalid"} state
 * @property {number} showing
 * @property {string} smaller
 */

/**
 * The record of each tab's panel, beside what all have in common.
 * @typedef {object} Panels
 * @property {DirectionsPanel} directions
 * @property {CellPanel} cell
 * @property {ParametersPanel} parameters
 * @property {ArgumentsPanel} arguments
 * @property {LengthsPanel} lengths
 * @property {StatesPanel} states
 * @property {DecoderPanel} decoder
 * @property {VectorsPanel} vectors
 * @property {ScrambledPanel} scrambled
 * @property {ReproducibilityPanel} reproducibility
 * @property {ArticlePanel} article
 * @property {CallPanel} call
 * @property {ExplainPanel} explain
 */

/**
 * One parameter: its shape, its gates, and what it is for.
 * @typedef {object} ParameterRecord
 * @property {string} name
 * @property {ShapeRecord} shape
 * @property {number} width
 * @property {GateRecord[]} gates
 * @property {string} elements
 * @property {string} words
 * @property {string} label
 */

/**
 * All parameters of the cells that are drawn, and what this module does not have.
 * @typedef {object} ParametersPanel
 * @property {CountRecord} count
 * @property {BiasesRecord | null} biases
 * @property {string[]} without
 * @property {string} hint
 * @property {WeightsRecord[]} cells
 * @property {string} left_out
 */

/**
 * One of a few values, offered as buttons; it is called `name` among the choices.
 * @typedef {object} PickField
 * @property {string} name
 * @property {string} label
 * @property {string[]} values
 * @property {string} chosen
 */

/**
 * What the run gave for the picture of the `showing`th view, by id of slice; `without` says why there are no numbers.
 * @typedef {object} PictureFoundRecord
 * @property {number} showing
 * @property {"measured" | "predicted" | "invalid"} state
 * @property {Record<string, SliceFoundRecord>} found
 * @property {string} without
 */

/**
 * The picture, as it is drawn. Where it is saved it has a `legend`, which takes `head` pixels with the title, and at
 * most `caption_width` characters in a line of the caption.
 * @typedef {object} PictureRecord
 * @property {string} module
 * @property {Key[]} legend
 * @property {number} head
 * @property {number} caption_width
 * @property {("forward" | "backward")[]} directions
 * @property {DrawingRecord} drawing
 * @property {Record<string, NodeRecord>} nodes
 */

/**
 * What the button says that walks by itself, and what it says meanwhile.
 * @typedef {object} PlayLabels
 * @property {string} play
 * @property {string} stop
 */

/**
 * All of it as a program.
 * @typedef {object} ProgramRecord
 * @property {string} title
 * @property {string} about
 * @property {string} name
 * @property {string} program
 * @property {string} copy
 */

/**
 * How far the measurement is; `label` is what the bar is called.
 * @typedef {object} ProgressRecord
 * @property {number} done
 * @property {number} total
 * @property {string} label
 * @property {string} words
 */

/**
 * A vector that was measured: its shape, what it has read, and what is to be said of it.
 * @typedef {object} ReadingRecord
 * @property {string[]} sizes
 * @property {string} shape
 * @property {ResultAxis[]} axes
 * @property {HalfRecord[]} halves
 * @property {boolean} sound
 * @property {string} judged
 * @property {string} verdict
 */

/**
 * What torch says of states that do not fit the decoder, why, and what would fit.
 * @typedef {object} RefusedRecord
 * @property {string} heading
 * @property {string} text
 * @property {CureRecord[]} cures
 */

/**
 * What came of an opening: nothing if it is there to be seen. `count` makes each new.
 * @typedef {object} ReportedAnswer
 * @property {number} count
 * @property {string} says
 */

/**
 * A button that opens a call: its number in the report, and its name.
 * @typedef {object} ReportedCall
 * @property {string} call
 * @property {string} words
 */

/**
 * A button that hands out a text.
 * @typedef {object} ReportedCopy
 * @property {string} words
 * @property {string} text
 */

/**
 * The buttons, and what is said when one is pressed.
 * @typedef {object} ReportedRecord
 * @property {ReportedCall[]} calls
 * @property {ReportedCopy[]} copies
 * @property {string} opening
 * @property {string} late
 * @property {string} copied
 * @property {string} by_hand
 * @property {string} to_copy
 */

/**
 * What was measured so far of what is shown, and what can only be quoted.
 * @typedef {object} ReproducibilityPanel
 * @property {string} subject
 * @property {MeasureButton} button
 * @property {ProgressRecord} progress
 * @property {string} without
 * @property {string} about
 * @property {string[]} heads
 * @property {TrialRecord[]} trials
 * @property {string} quoted
 * @property {string} documented
 */

/**
 * One of the two expressions, and what became of the elements.
 * @typedef {object} ReshapeRecord
 * @property {string} code
 * @property {ResultAxis[]} axes
 * @property {ElementRow[]} rows
 * @property {string} more
 */

/**
 * One axis; its role is `"mixed"` where samples or steps are joined with something else.
 * @typedef {object} ResultAxis
 * @property {string} role
 * @property {string} name
 * @property {string} size
 */

/**
 * What a route ends in.
 * @typedef {object} RouteProgram
 * @property {string} title
 * @property {string} code
 * @property {string} copy
 */

/**
 * What the bar of the routes says: their names, and the buttons of a walk.
 * @typedef {object} RouteWords
 * @property {string} heading
 * @property {Record<"" | "tag" | "classify" | "decode" | "predict" | "lengths" | "cell", string>} names
 * @property {string} steps
 * @property {string} back
 * @property {string} next
 * @property {string} leave
 * @property {string} again
 * @property {string} mistake
 */

/**
 * The batch item that is looked at.
 * @typedef {object} SampleField
 * @property {string} label
 * @property {string} value
 * @property {string} most
 * @property {string} words
 */

/**
 * What is often written, and what was meant.
 * @typedef {object} ScrambleRecord
 * @property {string} id
 * @property {string} name
 * @property {ReshapeRecord[]} sides
 * @property {ClaimRecord[]} claims
 */

/**
 * All pairs; `about` says how to read them, or why there are none.
 * @typedef {object} ScrambledPanel
 * @property {string} without
 * @property {string} about
 * @property {ScrambleRecord[]} pairs
 */

/**
 * A tensor's shape from both sources, and what they say of each other.
 * @typedef {object} ShapeRecord
 * @property {string[]} sizes
 * @property {string} shape
 * @property {AxisRecord[]} axes
 * @property {string} state
 * @property {string} verdict
 * @property {boolean} agrees
 */

/**
 * A button below the picture: what it hands out, and its name.
 * @typedef {object} ShareButton
 * @property {"link" | "call" | "code" | "svg" | "png" | "csv" | "pt"} way
 * @property {string} words
 */

/**
 * What the buttons hand out, with the selection and the view that it was made for; `undo`, `redo` and `reset` say
 * whether there is anywhere to go.
 * @typedef {object} ShareRecord
 * @property {string} pinned
 * @property {number} showing
 * @property {string} link
 * @property {string} call
 * @property {string} script
 * @property {boolean} undo
 * @property {boolean} redo
 * @property {boolean} reset
 */

/**
 * One sample's out, of the packed batch or of the padded one.
 * @typedef {object} SideRecord
 * @property {string} name
 * @property {string} code
 * @property {BandRecord[]} bands
 * @property {string} more
 */

/**
 * What the run gave for one slice.
 * @typedef {object} SliceFoundRecord
 * @property {string} numbers
 * @property {ClaimRecord[]} claims
 */

/**
 * What a slice holds, was made from and was written by, as in `Slice`, with its sentence. One that a tensor holds has
 * that tensor's name, and in `where` its part of each axis, from 0 to 1; None for all of it.
 * @typedef {object} SliceRecord
 * @property {string[]} holds
 * @property {string[]} reads
 * @property {string[]} writers
 * @property {string} [words]
 * @property {string} [tensor]
 * @property {([number, number] | null)[]} [where]
 */

/**
 * By id, all that can be pointed at in the picture and in the cards.
 * @typedef {object} SlicesRecord
 * @property {Record<string, SliceRecord>} slices
 * @property {Record<string, AxisSliceRecord>} axes
 */

/**
 * The code of one version.
 * @typedef {object} SourceRecord
 * @property {string} version
 * @property {string} code
 */

/**
 * A row of squares, filled where a step was read; `None` stands for steps left out.
 * Its role is `own` for the sample that is looked at, `last` for what the last layer reads of it, and `foreign` for
 * another sample.
 * @typedef {object} SquaresRecord
 * @property {string} of
 * @property {"own" | "last" | "foreign"} role
 * @property {(boolean | null)[]} squares
 * @property {string} words
 * @property {string} label
 */

/**
 * The chosen states, and how far they reach.
 * @typedef {object} StartRecord
 * @property {StateRecord[]} states
 * @property {string} title
 * @property {DistancesRecord} apart
 * @property {ClaimRecord[]} claims
 */

/**
 * The decoder's call from the combined states.
 * @typedef {object} StartedRecord
 * @property {string} title
 * @property {string} about
 * @property {string} code
 * @property {DecoderShape[]} shapes
 * @property {string} rows_title
 * @property {LayerRow[]} rows
 * @property {string} more
 */

/**
 * One of h_0 and c_0.
 * @typedef {object} StateRecord
 * @property {string} name
 * @property {ShapeRecord} shape
 * @property {StateRow[]} rows
 * @property {string} more
 */

/**
 * One row of a state: one layer and direction.
 * @typedef {object} StateRow
 * @property {string} label
 * @property {[string, number][]} cells
 * @property {string} more
 */

/**
 * One statement; `holds` is `None` where only other settings can show it.
 * @typedef {object} StatementRecord
 * @property {string} id
 * @property {string} says
 * @property {boolean | null} holds
 * @property {string} verdict
 * @property {string} finding
 * @property {string} link
 * @property {string} show
 * @property {string} settings
 * @property {string} label
 */

/**
 * What a run may start from, what the chosen states change, and a run in two chunks.
 * @typedef {object} StatesPanel
 * @property {SampleField | null} sample_field
 * @property {PickField} pick
 * @property {string} says
 * @property {string} without
 * @property {StartRecord | null} start
 * @property {ChunksRecord | null} chunks
 */

/**
 * h or c of one layer over time; `chosen` is the column of the chosen step.
 * @typedef {object} StatesStrip
 * @property {string} name
 * @property {string} of
 * @property {BandRecord[]} bands
 * @property {number | null} chosen
 */

/**
 * A whole number that is one of the choices, called `name` there.
 * @typedef {object} StepField
 * @property {string} name
 * @property {string} label
 * @property {string} value
 * @property {string} least
 * @property {string} most
 * @property {string} words
 */

/**
 * One tensor: code that makes it, its axes, the order of its columns, and its numbers.
 * @typedef {object} StripRecord
 * @property {string} code
 * @property {string} pattern
 * @property {string} order
 * @property {ShapeRecord} shape
 * @property {BandRecord[]} bands
 * @property {string} more
 * @property {MarkRecord | null} mark
 * @property {ClaimRecord[]} claims
 */

/**
 * The style sheet of a saved picture, in each theme.
 * @typedef {object} SvgStyle
 * @property {string} light
 * @property {string} dark
 */

/**
 * A label beside the boxes.
 * @typedef {[x: number, y: number, text: string, role: string]} Text
 */

/**
 * One arrangement of the batch; `steps` stand above its columns, if those are steps.
 * @typedef {object} TokenGrid
 * @property {string} kind
 * @property {string} code
 * @property {string} about
 * @property {string[]} steps
 * @property {TokenRow[]} rows
 * @property {string} note
 */

/**
 * What stands at one place; `label` is empty where it stands for the steps left out.
 * `colour` is the name of a colour of the page, `padding` whether no sample is there, and `marked` whether it is the
 * last step of its sample.
 * @typedef {object} TokenRecord
 * @property {string} text
 * @property {string} label
 * @property {string} colour
 * @property {number} sample
 * @property {boolean} padding
 * @property {boolean} marked
 */

/**
 * The tokens of one sample; of packed data, those that are read in one step.
 * @typedef {object} TokenRow
 * @property {string} label
 * @property {TokenRecord[]} tokens
 */

/**
 * A button of the page: its sign, its name, and what it does, with its keys.
 * @typedef {object} ToolRecord
 * @property {string} sign
 * @property {string} name
 * @property {string} words
 */

/**
 * The small buttons above the stage. `themes` are the choices of the theme, in a served page alone.
 * @typedef {object} ToolsRecord
 * @property {string} label
 * @property {ToolRecord} undo
 * @property {ToolRecord} redo
 * @property {ToolRecord} reset
 * @property {ToolRecord} full
 * @property {ToolRecord} leave
 * @property {ToolRecord} help
 * @property {string} theme
 * @property {Record<"system" | "light" | "dark", string>} themes
 */

/**
 * What the page reads of the stage.
 * @typedef {object} Traits
 * @property {PageRecord} page
 * @property {ViewRecord} view
 * @property {PictureRecord} picture
 * @property {SlicesRecord} slices
 * @property {PictureFoundRecord} found
 * @property {PanelRecord} panel
 * @property {Choices} choices
 * @property {WalkRecord} walk
 * @property {ShareRecord} share
 * @property {string} selection
 * @property {number} room
 * @property {number} place
 * @property {SvgStyle} svg_style
 */

/**
 * One thing that was repeated; `same` is `None` before it was repeated at all. `losses` are those of a training, the
 * first time and the last.
 * @typedef {object} TrialRecord
 * @property {string} id
 * @property {string} what
 * @property {string[]} losses
 * @property {boolean | null} same
 * @property {string} equal
 * @property {string} difference
 * @property {string} verdict
 */

/**
 * A vector by its code, with its reading, or the fault because of which there is none.
 * @typedef {object} VectorRecord
 * @property {string} code
 * @property {string} name
 * @property {ReadingRecord | null} reading
 * @property {FaultRecord | null} fault
 */

/**
 * The usual vectors and the chosen one; `own` is the chosen one where it is none of them.
 * @typedef {object} VectorsPanel
 * @property {string} title
 * @property {string} hint
 * @property {SampleField | null} sample_field
 * @property {OwnField} field
 * @property {string} without
 * @property {string} chosen
 * @property {string} steps_title
 * @property {string[]} steps
 * @property {VectorRecord[]} candidates
 * @property {VectorRecord | null} own
 * @property {HeadRecord | null} head
 * @property {ClassifierRecord | null} classifier
 */

/**
 * One classifier, run: the shape it returned, and what its first probability has read.
 * @typedef {object} VersionRecord
 * @property {string} version
 * @property {string} module
 * @property {string} shape
 * @property {string} read
 * @property {boolean} right
 * @property {string} verdict
 */

/**
 * The notices and the cards.
 * `showing` counts the views that were sent: records with the same number belong together. `samples` is how many there
 * are, if batched; `blame` the arguments that are refused; `pending` says that the run is on its way, and all is by
 * formula until then.
 * @typedef {object} ViewRecord
 * @property {"measured" | "predicted" | "invalid"} status
 * @property {NoticeRecord[]} notices
 * @property {CardRecord[]} cards
 * @property {string | null} samples
 * @property {number} sample
 * @property {string[]} blame
 * @property {number} showing
 * @property {boolean} pending
 */

/**
 * Where a walk is; `route` is empty if there is none.
 * `stops` are the names of all steps; `away` says what was changed since, and is empty while the page shows what the
 * step is about.
 * @typedef {object} WalkRecord
 * @property {"" | "tag" | "classify" | "decode" | "predict" | "lengths" | "cell"} route
 * @property {number} stop
 * @property {string} title
 * @property {string} progress
 * @property {string[]} stops
 * @property {string} heading
 * @property {string} text
 * @property {"cards" | "picture" | "panel"} look
 * @property {MistakeRecord | null} mistake
 * @property {RouteProgram | null} program
 * @property {string} away
 */

/**
 * One step: from the strips on the left to those on the right, each by its id.
 * `merges` holds, for every way of merging, the strips that stand first on the right; it is empty where nothing is
 * merged.
 * @typedef {object} WalkStep
 * @property {string} title
 * @property {string} says
 * @property {string[]} left
 * @property {string[]} right
 * @property {Record<string, string[]>} merges
 */

/**
 * How the two directions are come by, or treated, step by step.
 * @typedef {object} WayRecord
 * @property {string} name
 * @property {WalkStep[]} steps
 */

/**
 * The parameters of one layer and direction; `lights` are the ids of the cells in the picture that use them.
 * @typedef {object} WeightsRecord
 * @property {string} title
 * @property {string} name
 * @property {string} direction
 * @property {string[]} lights
 * @property {string} used_at
 * @property {string[]} steps
 * @property {ParameterRecord[]} parameters
 */
