// The records that Python sends, and what is in them. Made from its types by
// python -m tests.contract --write

export {};

/**
 * A slice drawn as an arrow; `d` is an SVG path that can be stroked and filled.
 * @typedef {[id: string, d: string]} Arrow
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
 * One valid set of them.
 * @typedef {object} Choices
 * @property {string} tab
 * @property {number} step
 * @property {string} way
 * @property {string} merge
 * @property {string} vector
 * @property {number} layer
 * @property {string} direction
 * @property {number} time
 * @property {string} start
 * @property {number} chunk
 */

/**
 * One evaluated statement, as `Claim` has it.
 * @typedef {object} ClaimRecord
 * @property {string} id
 * @property {string} statement
 * @property {boolean} holds
 * @property {string} reason
 * @property {boolean} mistake
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
 * An entry of a card's shape, which can be pointed at: an axis of the tensor.
 * @typedef {object} HandleRecord
 * @property {string} id
 * @property {string} slice
 * @property {string} words
 */

/**
 * One notice: `code` is the module as it should be built, `action` what a button beside it does; both are empty where
 * there is none.
 * @typedef {object} NoticeRecord
 * @property {"error" | "refusal" | "remark"} tone
 * @property {string} heading
 * @property {string} text
 * @property {string} code
 * @property {"" | "fix"} action
 */

/**
 * What stands on the page, or is read out, and never changes.
 * `served` are the buttons of a page with an address of its own, `embedded` those of a notebook; `gone` says that the
 * slice at its `{}` is not drawn.
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
 * @property {string} copied
 * @property {string} by_hand
 * @property {string} to_copy
 * @property {string} presets
 * @property {string} panels
 * @property {Record<string, string>} tabs
 */

/**
 * What all panels have in common: the tab, and which view the panel belongs to.
 * @typedef {object} PanelRecord
 * @property {string} tab
 * @property {"measured" | "predicted" | "invalid"} state
 * @property {number} showing
 */

/**
 * The record of each tab's panel, beside what all have in common.
 * @typedef {object} Panels
 * @property {Record<string, any>} directions
 * @property {Record<string, any>} cell
 * @property {Record<string, any>} parameters
 * @property {Record<string, any>} arguments
 * @property {Record<string, any>} lengths
 * @property {Record<string, any>} states
 * @property {Record<string, any>} vectors
 * @property {Record<string, any>} scrambled
 * @property {Record<string, any>} reproducibility
 * @property {Record<string, any>} article
 */

/**
 * What the run gave for the picture of the `showing`th view, by id of slice; `without` says why there are no numbers.
 * @typedef {object} PictureFoundRecord
 * @property {number} showing
 * @property {"measured" | "predicted" | "invalid"} state
 * @property {Record<string, SliceFoundRecord>} slices
 * @property {string} without
 */

/**
 * The picture and, by id, all that can be pointed at in it and in the cards.
 * @typedef {object} PictureRecord
 * @property {string} module
 * @property {("forward" | "backward")[]} directions
 * @property {DrawingRecord} drawing
 * @property {Record<string, SliceRecord>} slices
 * @property {Record<string, AxisSliceRecord>} axes
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
 * @property {"link" | "call" | "code" | "svg" | "png"} way
 * @property {string} words
 */

/**
 * What the buttons hand out, with the selection that it was made for.
 * @typedef {object} ShareRecord
 * @property {string} pinned
 * @property {string} link
 * @property {string} call
 * @property {string} script
 */

/**
 * What the run gave for one slice.
 * @typedef {object} SliceFoundRecord
 * @property {string} numbers
 * @property {ClaimRecord[]} claims
 */

/**
 * A slice of the picture; the docstring of `Slice` says what is in it. `group` are those that Tab stops at once. One
 * that stands for several has no `words` and cannot be selected. One that a tensor holds has that tensor's name, and in
 * `where` its part of each axis, from 0 to 1; None for all of it.
 * @typedef {object} SliceRecord
 * @property {"x" | "h_0" | "cell" | "out" | "h_n" | "c_n" | "arrow"} kind
 * @property {string} group
 * @property {string} classes
 * @property {string[]} holds
 * @property {string[]} reads
 * @property {string[]} writers
 * @property {string} [words]
 * @property {"" | "up" | "along" | "start" | "end"} [way]
 * @property {string} [code]
 * @property {string} [tensor]
 * @property {([number, number] | null)[]} [where]
 */

/**
 * A label; `role` says in which colour and size.
 * @typedef {[x: number, y: number, text: string, role: string]} Text
 */

/**
 * What the page reads of the stage.
 * @typedef {object} Traits
 * @property {PageRecord} page
 * @property {ViewRecord} view
 * @property {PictureRecord} picture
 * @property {PictureFoundRecord} found
 * @property {PanelRecord} panel
 * @property {Choices} choices
 * @property {ShareRecord} share
 * @property {string} selection
 * @property {string} svg_style
 */

/**
 * What is drawn above the panels, but for the picture: the `showing`th since the start.
 * `samples` is how many there are, if batched; `blame` the argument that is refused; `pending` says that the run is on
 * its way, and all is by formula until then.
 * @typedef {object} ViewRecord
 * @property {"measured" | "predicted" | "invalid"} status
 * @property {NoticeRecord[]} notices
 * @property {CardRecord[]} cards
 * @property {string | null} samples
 * @property {number} sample
 * @property {string} blame
 * @property {number} showing
 * @property {boolean} pending
 */
