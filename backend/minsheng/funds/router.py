"""Money over HTTP."""

from fastapi import APIRouter

from minsheng.kernel.http import Route

router = APIRouter(tags=["funds"], route_class=Route)
