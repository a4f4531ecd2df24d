"""The front door: every public name, and where it is defined."""

from .cell import cell_step as cell_step
from .config import InputSizes as InputSizes
from .config import Question as Question
from .config import Settings as Settings
from .coverage import coverage as coverage
from .directions import decoder_states as decoder_states
from .directions import final_features as final_features
from .directions import merge_directions as merge_directions
from .directions import reverse_time as reverse_time
from .directions import split_directions as split_directions
from .directions import states_by_layer as states_by_layer
from .errors import ArgumentError as ArgumentError
from .errors import ArgumentTypeError as ArgumentTypeError
from .explain.errors.error import explain_error as explain_error
from .explain.errors.noted import explained as explained
from .explain.errors.noted import load_ipython_extension as load_ipython_extension
from .explain.model.explain import check as check
from .explain.model.explain import explain as explain
from .explorer.app import Explorer as Explorer
from .expression.text import ExpressionError as ExpressionError
from .formula.budget import Limits as Limits
from .formula.budget import OverBudget as OverBudget
from .formula.budget import estimate as estimate
from .formula.lengths import packed_order as packed_order
from .formula.parameters import parameter_count as parameter_count
from .formula.parameters import parameter_shapes as parameter_shapes
from .formula.shapes import NamedShape as NamedShape
from .formula.shapes import direction_shapes as direction_shapes
from .formula.shapes import tensor_shapes as tensor_shapes
from .live.observe import observe as observe
from .live.run import Run as Run
from .live.run import run as run
from .picture.svg import svg as svg
from .picture.unroll import unroll as unroll
from .pooling import final_features_from_out as final_features_from_out
from .pooling import pool_over_time as pool_over_time
from .statements.claim import Claim as Claim

__version__: str
